"""Tickets as people write them, of every sort that a suggestion is made for: kind, title, description."""

TICKETS = [
    (
        "story",
        "Print labels",
        "As a warehouse clerk, I want to print labels in batches so that I can ship 200 parcels before noon.",
    ),
    ("story", "Reminder", "As a night nurse, I want to be notified when a drip runs low."),
    ("story", "Dashboard", "As a team lead, I want a dashboard of open orders so that I see delays."),
    (
        "story",
        "Export",
        "As an accountant, I want the system to export my invoices every night. The export should be fast and user-friendly.",
    ),
    (
        "story",
        "Filters",
        "As a buyer I would like to filter my orders by date, status, etc. so that I find them quickly.",
    ),
    (
        "story",
        "Search",
        "As a librarian, I want to search across all branches.\n\n## Acceptance criteria\n- The search is fast\n- Results are displayed properly\n- Several filters can be combined\n- The page must be intuitive",
    ),
    ("story", "Login", "Users want to log in quickly."),
    ("story", "Sharing", "As a user, I want to share my playlist."),
    ("story", "Dropdown", "As a clerk, I want a dropdown with React so that I can pick a country."),
    (
        "story",
        "Import and remind",
        "As a bookkeeper, I want to import last year's invoices and send reminders to late payers so that I get paid.",
    ),
    ("bug", "Crash", "The app crashes when I open the basket."),
    ("bug", "Broken", "It doesn't work."),
    (
        "bug",
        "Upload fails",
        "Uploading a photo shows a white screen. I expected to see the photo. Version 4.2 on Android 14.",
    ),
    (
        "bug",
        "Totals wrong",
        "The total is 12.50 but the invoice says 13.00. Happened after we changed the currency to Euro.",
    ),
    (
        "task",
        "Migrate database",
        "Move the customer table to the new server. It should be done soon. Back up regularly.",
    ),
    ("task", "Notifications", "Send email and/or SMS to customers if possible. Some customers have many orders."),
    (
        "story",
        "Checkout",
        "As a shopper, I want to pay with a stored card so that paying is faster.\n\nAcceptance criteria:\n* The stored card could be selected\n* All browsers are supported\n* A confirmation is sent\n* The page should load quickly\n* It should be easy to use",
    ),
    ("story", "A robust import", "As an analyst, I want a robust import of CSV files so that I save time."),
    (
        "story",
        "Reports",
        "As a manager, I'd like to be able to download our monthly reports so that I can show them to the board.",
    ),
    ("story", "Profile", "As the on-call engineer I need to see who deployed last because I have to call them."),
    (
        "story",
        "Map",
        "As a courier, I want to see an intuitive map of my route.\n\n### Acceptance criteria\n- The map shows an accurate position\n- A secure connection is used\n- It works well",
    ),
    ("bug", "Login button", "When I click the login button, nothing happens. The log says ERROR 502."),
    ("bug", "Slow list", "The list is very slow. It takes forever after you sort by name."),
    ("story", "Chat", "As a support agent, I want to get canned answers so that I answer quickly."),
    ("epic", "Onboarding", "We need a better onboarding. It should be seamless and modern. As discussed, TBD."),
    ("task", "Cache", "Cache the results for 30. Should improve performance significantly."),
    ("story", "Voucher", "As a guest I can redeem my voucher at checkout, so that I pay less."),
    ("story", "Roles", "As an admin I want to manage users."),
    (
        "story",
        "Calendar",
        "As a parent, I want to add my children's appointments to the shared calendar.\n\nAcceptance criteria\n- Given I am logged in, when I add an appointment, then it is shown in the calendar",
    ),
    ("story", "Archive", "As a clerk, I want all orders to be archived after a year."),
    (
        "story",
        "Accessibility",
        "As someone who cannot see well, I want to enlarge the text so that I can read it without my glasses.",
    ),
    ("task", "Update SDK", "Update the PSP SDK to the latest version. This is needed for the SCA."),
    ("task", "Logging", "Just add a log line. The log must be reliable. It must have high availability."),
    (
        "bug",
        "Wrong date",
        "Dates are shown in US format on the German site. They should be shown as day.month.year.",
    ),
    (
        "story",
        "Wiki story",
        "As a planner, I want to drag shifts to another day so that I can react when somebody is ill.",
    ),
    ("story", "Bulk", "As a shop owner I want to\n- edit prices\n- edit names"),
    ("story", "Weather", "So that I do not get wet\nAs a cyclist\nI want to see when it will rain"),
    ("bug", "Printing", "Printing the label cuts off the last line sometimes."),
    (
        "story",
        "Scalable",
        "As an operator I want the platform to be scalable.\n\n## Acceptance Criteria\n- The platform must be scalable\n- Errors are handled gracefully\n- Data is stored safely\n- Users can easily find the help",
    ),
    (
        "story",
        "Timely",
        "As a broker, I want to receive timely quotes from insurers such as A, B and others so that I can respond to clients as soon as possible.",
    ),
    ("task", "Delete old", "Delete old accounts. It is slow. They are not needed. Recently users complained."),
    (
        "story",
        "Compare",
        "As a traveller I want to compare fares in a better way so that I choose the best flight.",
    ),
    (
        "story",
        "hostile",
        (
            "As an @all admin, I want to delete {noformat} ``` [~admin] [x](https://evil.example) !a.png! things {code}\n\n"
            "The ``` {noformat} @all page must be fast\n"
        ),
    ),
    ("task", "Voucher field", "Add a field for the voucher below the total. It takes eight characters."),
    ("task", "Move the price list", "## What\n- Copy it\n- Delete the old one"),
    ("epic", "Order service", "Move the orders into a microservice with a queue of its own."),
    ("story", "Tomorrow", "As a baker, the orders of tomorrow are shown.\n\n## Acceptance criteria\n- Tomorrow"),
    ("story", "Understand", "As a new employee, I want to understand the process so that I can work."),
    (
        "story",
        "Scenario",
        "As a baker, I want to see the orders of tomorrow, so that I buy enough flour.\n\nGiven two orders for tomorrow\nWhen I open the list",
    ),
    ("story", "We", "As a clinic we want to send our patients reminders so we have fewer no-shows."),
]
"""All of them our own."""
