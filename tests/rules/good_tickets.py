"""Tickets as people write them, that a good lead would take: stories, tasks and bugs, in Markdown and wiki markup."""

from service.ticket import Kind, Markup

TICKETS = [
    (
        Kind.STORY,
        "Filter invoices by status",
        """\
As an accountant, I want to filter invoices by status, so that I only chase the ones that are overdue.

Acceptance Criteria:
1. The filter offers Open, Overdue and Paid
2. Selecting Overdue hides every invoice whose due date lies in the future
3. The chosen filter survives a page reload
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Guest checkout",
        """\
h2. Background
About 30% of shoppers leave when they are asked to register (analytics, October).

h2. User story
As a first-time shopper I want to pay without an account so that I can finish in one sitting.

h2. Acceptance criteria
* GIVEN a basket with at least one item
* WHEN I choose "Continue as guest"
* THEN I am asked for e-mail and address only
* AND no account is created

* GIVEN an e-mail that belongs to an account
* WHEN I continue as guest
* THEN the order goes through and I get a link to claim it
""",
        Markup.WIKI,
    ),
    (
        Kind.STORY,
        "Password reset",
        """\
As a customer, I want to reset my password via e-mail so that I can get back into my account when I forgot it.

Acceptance criteria

Given I am on the login page
When I click "Forgot password" and enter my e-mail
Then I receive an e-mail with a link within 2 minutes

Given a link that is older than 24 hours
When I open it
Then I see "This link has expired" and can request a new one
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.EPIC,
        "Self-service returns",
        """\
## Problem
Customers call us to return goods; 1,200 calls in March, 6 minutes each.

## Goal
Cut return calls by half by Q4.

## Scope
Returns within 30 days, for goods bought online.

## Out of scope
Exchange, goods bought in shops.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "As a driver, I want to see my next stop",
        """\
As a driver, I want to see my next stop and its delivery window, so that I can decide whether to take a break.

Acceptance criteria:
| Situation | What is shown |
| --- | --- |
| Next stop has a window | Address, window, minutes left |
| Window has passed | Address, window in red |
| No stops left | "Route finished" |
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.TASK,
        "Add index on orders.created_at",
        """\
The nightly report scans the whole table (8 min). An index on created_at should bring it under 30 seconds. Create it concurrently, as the table has 40 million rows.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.TASK,
        "Investigate why checkout conversion dropped",
        """\
Conversion fell from 3.1% to 2.4% between 3 and 10 May. Timebox: 2 days. Outcome: a list of causes with evidence, and a proposal what to do next, posted in this ticket.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Upload profile picture",
        """\
**As a** member
**I want** to upload a picture of myself
**So that** colleagues recognise me

**Done when**
- JPG or PNG up to 5 MB can be uploaded
- Larger files are rejected with "The picture must be smaller than 5 MB"
- The picture is shown as a circle, 40 px wide, in the header
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Admin can see audit log",
        """\
As an admin, I want to see who changed a price and when, so that I can answer questions of the auditors.

Acceptance criteria:
- Every change of a price appears with user, old price, new price and time
- Newest first
- The log cannot be edited or deleted by anybody
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Better search",
        """\
Problem: agents type a customer's phone number and get nothing, because numbers are stored with and without spaces. They then ask for the name and spell it; in our sample of 40 calls that took 50 seconds on average.

What we want: a search for a phone number finds the customer, however the number was typed.

How to test:
- "+49 30 123456", "030 123456" and "030123456" find the same customer
- Numbers with fewer than 4 digits show "Type at least 4 digits"
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "[iOS] Keyboard covers the input",
        """\
Steps:
- open a chat
- tap the message field

Result: keyboard covers the field
Expected: field moves above the keyboard

iPhone 13, iOS 17.5, app 8.2
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Reminder before an appointment",
        """\
As a patient, I want a reminder before my appointment, so that I do not forget it.

Acceptance criteria
- A text message is sent 24 hours before the appointment
- No message is sent if the appointment was cancelled
- The message contains time, place and a link to cancel
- Patients who opted out get no message
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Wrong VAT on Swiss invoices",
        """\
*Steps*
# Create an order with a Swiss delivery address
# Open the invoice PDF

*Actual result*
VAT 19% is printed

*Expected result*
VAT 8.1% is printed

*Environment*
Production, since the release of 12 May
""",
        Markup.WIKI,
    ),
    (
        Kind.TASK,
        "Remove feature flag new-cart",
        """\
The flag has been on for everyone since 1 April. Remove it and the old cart code (cart_v1/), including its tests.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Search returns nothing for umlauts",
        """\
When I search for "Müller" the result list is empty. Searching for "Mueller" finds the customer. I would expect both to find the same record.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Slow dashboard",
        """\
The dashboard is slow. It takes 14 seconds to load with 3 projects. It used to take 2 seconds before Tuesday's deployment. See attached HAR file.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Duplicate e-mails are sent",
        """\
Some customers receive the order confirmation twice. Reported by 3 customers this week (tickets 4411, 4420, 4431). In the log I see two calls of the mailer with the same order id, 40 ms apart.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Memory leak in worker",
        """\
Worker memory grows by about 200 MB per hour until the OOM killer ends it. Graph: https://graphs.example/d/abc. Started with build 812. Restarting helps for a day.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "500 on /api/v2/orders?page=0",
        """\
GET /api/v2/orders?page=0 returns 500. page=1 works. Should return 400 with a message, since pages start at 1.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Cannot save draft",
        """\
Cannot save draft. Error 'Something went wrong'. Tried in Chrome and Firefox. Happens with long texts only, short ones are saved.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.TASK,
        "Upgrade PostgreSQL from 13 to 16",
        """\
PostgreSQL 13 reaches end of life in November.

- [ ] Upgrade staging
- [ ] Run the nightly report there and compare with last week's
- [ ] Upgrade production on a Sunday before 6:00
- [ ] Roll back plan: restore the snapshot taken before the upgrade
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.TASK,
        "Rotate the API keys of the payment provider",
        """\
The keys expire on 30 June. Create new ones in the provider's console, put them into the vault, restart the payment workers and check that a test payment of 1 EUR goes through.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Bulk edit of tags",
        """\
As a content editor, I want to add or remove tags on several articles at once so that re-tagging after a rename does not take me a whole day.

**Acceptance criteria**

- I can select up to 100 articles in the list
- "Add tag" and "Remove tag" are offered once at least one article is selected
- Articles that already have the tag are left unchanged
- If one article fails to save, the others are saved and the failed one is named in the message
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Delete my account",
        """\
As a member, I want to delete my account and all my data so that nothing about me remains.

Acceptance criteria
- After confirming with the password, the account is deleted
- The member is logged out and sees the start page
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Price alerts",
        """\
As a buyer, I want to be notified immediately when the price of a watched item drops significantly, so I can buy it as soon as possible.

AC1: The buyer gets a push notification when the price drops by 10 % or more
AC2: At most one notification per item and day
AC3: If push is disabled, an e-mail is sent instead
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "See who is on call",
        """\
As a support agent, I want to see who is on call right now, so that I ring the right person at night.

Acceptance criteria
- The name and phone number of the person on call stand at the top of the page
- The name changes within one minute after the shift ends
- If nobody is on call, the page shows the number of the duty manager
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Two-factor login",
        """\
h2. Why
In May 12 accounts were taken over with stolen passwords.

h2. Story
As an account holder, I want to confirm a login with a code from my phone, so that a stolen password alone is not enough.

h2. AC
# After the password, the page asks for a 6-digit code
# A wrong code shows "This code is not valid", and after 5 wrong codes the login is locked for 15 minutes
# "Trust this device" skips the code for 30 days
# Who lost the phone can log in with one of 10 printed codes
""",
        Markup.WIKI,
    ),
    (
        Kind.BUG,
        "Images not loading on product page",
        """\
Images don't load on the product page since this morning. Chrome console shows 403 for all files on files.shop.example. Homepage images are fine.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Date picker allows past dates",
        """\
When booking a table it is possible to choose a date in the past. The booking is then confirmed by mail.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.TASK,
        "Write release notes for 5.0",
        """\
Collect the user-visible changes since 4.8 from the changelog, write two sentences for each, have Marketing read them by Thursday.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Show stock in search results",
        """\
**Story**
As a buyer, I want to see in the search results whether an article is in stock, so that I don't open articles I cannot get today.

**Criteria**
Given an article with 3 or more pieces, when it is listed, then "In stock" is shown in green.
Given an article with 1 or 2 pieces, when it is listed, then "Only a few left" is shown.
Given an article with no pieces, when it is listed, then "Out of stock" is shown in grey and the article comes last.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Total wrong with voucher",
        """\
Actual: total is 12.50
Expected: total is 10.00

1. put two loaves in the basket (6.25 each)
2. enter voucher MINUS20
3. look at the total
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.TASK,
        "Reduce Docker image size",
        """\
The image of the API is 1.9 GB and a deployment takes 11 minutes, most of it pulling. Use a slim base image and a multi-stage build. Goal: under 400 MB.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Android: back button closes app",
        """\
On the detail page, pressing back closes the app instead of going back to the list. Samsung S21, Android 14, app 3.2.0.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Cancel subscription",
        """\
As a subscriber, I want to cancel my subscription online so that I do not have to call.

Acceptance criteria
* A "Cancel subscription" button is shown in the account settings
* The subscriber is asked for a reason (optional)
* The subscription ends at the end of the paid month
* A confirmation is sent by e-mail
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Report shows yesterday's data",
        """\
The daily report still shows yesterday's data at 9:00. According to the docs it is refreshed at 6:00. The job log says "finished 06:04". Seen on 3, 4 and 5 June in production.
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.STORY,
        "Improve error messages",
        """\
Users often don't understand the error messages in the import. We have about 15 support tickets a week about it (see dashboard). Rewrite the 8 most frequent messages so that they say what is wrong and which row.

- [ ] Each message names the row and the column
- [ ] Each message says what a valid value looks like
- [ ] Support reviews the texts
""",
        Markup.MARKDOWN,
    ),
    (
        Kind.BUG,
        "Can't upload file > 10MB",
        """\
Upload of a 12 MB PDF fails with "Request entity too large". Limit should be 25 MB according to the contract with the customer.
""",
        Markup.MARKDOWN,
    ),
]
