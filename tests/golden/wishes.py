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
    (
        "task",
        "Compare addresses",
        "The office that receives the form must first look whether the applicant is known in the town, and if so it has to compare the address on the form with the one on file, ask the applicant by letter which of them is right, wait for an answer, and only then send the permit.",
    ),
    (
        "task",
        "Feeding page",
        "We would like to have a page where the keeper sees which animals were fed and by whom and with what, and which of them were ill in the week before, and where the keeper can write down what was seen during the round, and then print it all for the meeting.",
    ),
    (
        "story",
        "Parking permit",
        "As a driver, I want to renew my permit, so that I need not go to the town hall.\n\n## Acceptance criteria\n- Given a permit that ends within thirty days, and a driver who has paid the fee of the year before, and some of the fines are still open, when the driver opens the `Renew` page, then the new end date is shown, and the button `Pay` leads to the till of the town\n- Given a permit that was blocked, when the driver opens the page, then “Ask the town hall” is shown",
    ),
    (
        "task",
        "Long and tangled",
        "Moving the permits that were handed out before the office changed its numbers to the register that the neighbouring towns share since spring without losing the notes which clerks kept on paper for drivers whose names changed after a wedding or a move from one of those towns to another one of them is due.",
    ),
    (
        "bug",
        "Nothing filled in",
        "**Describe the bug**\nA clear and concise description of what the bug is.\n\n**Steps to reproduce**\n1. Go to '...'\n2. Click on '...'\n\n**Expected behavior**\nA clear and concise description of what you expected to happen.\n\n**Version**\n",
    ),
    (
        "story",
        "Filled in a little",
        "## Goal\nFewer calls\n\n## What needs to be done\n<!-- Describe what is needed -->\n\n## Acceptance criteria\n- [ ]",
    ),
    (
        "story",
        "Sort tomorrow's parcels by street",
        "As a courier, I want to print my quick route on one page, so that I can read it in the hills.\n\nThe second page comes out blank since the printers were replaced in March. Couriers phone the office for addresses, about twelve calls each morning, and new printers are no answer.\n\n## Acceptance criteria\n- Given forty stops, when I print, then one page comes out\n- When the printer is out of paper, then “No paper” is shown",
    ),
    (
        "task",
        "Open the till with a badge",
        "The recipe page shows grams only, because it was made for our own kitchen. Our American guests need ounces and cups, rounded the way their scales round, and printed beside each amount on the sheet above the table. Numbers below one ounce are best shown as fractions, since nobody there reads decimals.",
    ),
    (
        "task",
        "Export invoices as a file",
        "Bakers cannot see which flour is nearly used up. They find out at four in the morning, when no shop is open, and borrow sacks from the neighbours. A warning two days ahead was enough for them in the old shop, with the number of sacks that were left on the shelf and the day of the next delivery.",
    ),
    (
        "story",
        "Price list of the bakery",
        "As a baker, I want to change the price list, so that nobody pays the price of last year.\n\n## Acceptance criteria\n- A price is changed by a click on it\n- Prices have two decimals\n- An empty price is refused with “Enter a price”\n- A new product is added at the end\n  - with a name\n  - with a price\n- A product is taken off the list\n- The list shows the appropriate date\n- The list is printed on one page\n- Older lists stay readable\n- If saving fails, the old list stays",
    ),
    (
        "story",
        "Guest list of the inn",
        "As an innkeeper, I want to keep a guest list, so that the police get it within a day.\n\n## Acceptance criteria\n### Arrival\n- The name is entered\n- The passport is scanned\n- The room is chosen\n- The key is handed out\n- A full house is told with “No room”\n\n### Departure\n- The bill is printed\n- The key comes back\n- The room is free again\n- The list is sent\n- If sending fails, it is sent again after an hour",
    ),
    (
        "story",
        "As a nurse, I want to see allergies (drugs and food, not pollen), so that I give the right drug.",
        "",
    ),
    (
        "story",
        "Route on paper",
        "## User story\nAs a driver, I want to print the route, so that I can read it in the hills. I want to send the map to my colleague by mail.\n\n## Acceptance criteria\n- The route is printed on A5\n- If the printer is out of paper, “No paper” is shown",
    ),
    (
        "story",
        "Route on a card",
        "## User story\nAs a driver, I want to print the route on a card, so that I can read it in the hills. We had this in the old app.\n\n## Acceptance criteria\n- The route is printed on A5\n- If the printer is out of paper, “No paper” is shown",
    ),
    (
        "story",
        "Orders in order",
        "As a baker, I want to see the orders of tomorrow, so that I buy enough flour.\n\n## Acceptance criteria\n- Then both orders are shown quickly\n- And the earlier one is on top\n- When I open `Tomorrow`\n\nIf there is no order, “No orders” is shown.",
    ),
    (
        "story",
        "Orders given late",
        "As a baker, I want to see the orders of tomorrow, so that I buy enough flour.\n\nWhen I open the list\nGiven two orders for tomorrow\nAnd one of them is paid\nThen both are shown\n\nIf there is no order, “No orders” is shown.",
    ),
    (
        "story",
        "Time of an order",
        "As a baker, I want to change the time of an order, so that it is ready when the guest comes.\n\nGiven a shop with two orders\nWhen I open the list, select the first order and change its time\nThen the list is sorted anew\nAnd the guest gets a message\n\nIf the time is taken, “Taken” is shown.",
    ),
    (
        "story",
        "Voucher at the till",
        "As a guest, I want to redeem a voucher, so that I pay less.\n\n## Acceptance criteria\n- When I add a loaf\n- And I enter the code\n- And I press Pay\n- Then the total is 3 euros\n\nIf the code is wrong, “No such code” is shown.",
    ),
    ("story", "Nightly export", "As an accountant, I want the export to be fast so that I can go home at six."),
    (
        "story",
        "Monthly export",
        "As a shop owner, I want to export the orders of a month so that my accountant can book them.\n\nThe export must be fast and user-friendly, with number, date, total, etc.",
    ),
]
"""All of them our own."""
