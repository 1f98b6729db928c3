"""What must hold of what people asked of us: a rule left out, a good ticket shown, a mail about their own week."""

from collections import Counter, defaultdict

from sqlalchemy import select

from service.reports.days import DAY, WEEK, week_of
from service.response import What
from service.store.schema import response, ticket
from tests.quarter import evidence, people
from tests.quarter.board import lead
from tests.quarter.evidence import Claim
from tests.quarter.post import EVERY, FULL, HUNG_UP, TRIES


def always(found):
    """What holds of the shortest quarter too."""
    yield from (
        _left_out(found),
        _no_mail_twice(found),
        _no_mail_lost(found),
        _own_mail(found),
        _no_more_mail(found),
    )


def in_time(found):
    """What takes a whole quarter to show."""
    yield _shown(found)


def _left_out(found):
    """A wish is granted to a ticket's author and to who runs its project, and to nobody else."""
    quarter = found.quarter
    wishes = [(one, at, by, rule) for one in found.lives for at, by, rule in one.wishes]
    may = [(one, at, by, rule) for one, at, by, rule in wishes if by in {one.author.id, lead(one.author.project)}]
    meant = {(one.id, rule, quarter.store.person(quarter.board.site, by)) for one, _, by, rule in may}
    columns = (ticket.c.external_id, response.c.rule, response.c.person)
    ignored = select(*columns).join(ticket, ticket.c.id == response.c.ticket_id)
    with quarter.store.reading() as connection:
        granted = {tuple(row) for row in connection.execute(ignored.where(response.c.what == What.IGNORED))}
    again = [one.id for one, at, _, rule in may for then, points in one.spoken if then > at and rule in points]
    leads = sum(by == lead(one.author.project) for one, _, by, _ in wishes)
    others = len(wishes) - len(may)
    return Claim(
        "a rule is left out where the author or a lead says so, and nowhere else",
        granted == meant and not again and leads > 0 < others,
        f"{len(granted)} of {len(meant)} wishes of authors and leads granted, {leads} of them of leads; "
        f"{len(granted - meant)} of {others} of engineers; spoken of again on {len(again)} tickets",
    )


def _shown(found):
    by_key = _by_key(found)
    shown = [(at, one, by_key[key]) for one in found.lives for at, key in one.examples]
    wrong = [
        f"{good.id} on {one.id}"
        for at, one, good in shown
        if good.author.project != one.author.project or not _may_be_shown(found, good, at)
    ]
    return Claim(
        "a good ticket that is shown is the project's own, ready, done, asked about by nobody, and shared by its author",
        bool(shown) and not wrong,
        f"{len(shown) - len(wrong)} of {len(shown)} times, {len({good.id for _, _, good in shown})} different tickets; "
        f"wrong: {', '.join(wrong[:3]) or 'none'}",
    )


def _by_key(found):
    return {found.quarter.board.cards[one.id].key: one for one in found.lives}


def _may_be_shown(found, good, at):
    """What the service has not had the time to hear of is not held against it."""
    heard = at - found.quarter.settings.max_wait_seconds
    left_out = {rule for _, by, rule in good.wishes if by in {good.author.id, lead(good.author.project)}}
    if good.author.project == people.NOISY_PROJECT and evidence.lost_voice(
        found.quarter, people.NOISY.rule, people.NOISY_PROJECT
    ):
        left_out.add(people.NOISY.rule)
    clear = all(fault.rule in left_out for fault in good.faults)
    return clear and not good.asked and good.shared <= at and good.unshared > heard and _is_done(good, heard, at)


def _is_done(life, heard, at):
    """Done at either time: `life.done` tells in turns when it was done and when it came back."""
    return any(sum(one <= time for one in life.done) % 2 for time in (heard, at))


def _no_mail_twice(found):
    times = Counter((mail.author.id, mail.week) for mail in found.quarter.post.mails)
    twice = [one for one, count in times.items() if count > 1]
    return Claim(
        "nobody gets two mails in a week",
        bool(times) and not twice,
        f"{sum(times.values())} mails to {len({name for name, _ in times})} readers; twice: {len(twice)}",
    )


def _no_mail_lost(found):
    """A mail is missed by whoever surely had something to be told, and comes to nobody who had nothing."""
    got = {(mail.author.id, mail.week) for mail in found.quarter.post.mails}
    surely, perhaps = _had_news(found), _were_busy(found)
    full, hung_up = (_by_monday(found, number) for number in (FULL, HUNG_UP))
    waited = [after for mails in full.values() for after in mails]
    return Claim(
        "each reader hears of each week that has news, also when the mail server fails, and of no other",
        surely <= got <= perhaps
        and min(waited, default=0) > TRIES[0]
        and bool(hung_up)
        and all(mails.count(TRIES[0]) == 1 for mails in hung_up.values()),
        f"{len(got & surely)} of {len(surely)}; {len(got - perhaps)} of other weeks; {len(waited)} after a server that "
        f"was full, {sum(map(len, hung_up.values()))} around one that hung up",
    )


def _by_monday(found, number):
    """How long after the beginning of such a Monday each of its mails was taken, of the Mondays that had any."""
    mails = defaultdict(list)
    for mail in found.quarter.post.mails:
        if round((mail.week - found.quarter.plan.start) / WEEK) % EVERY == number:
            mails[mail.week].append(mail.at - mail.week)
    return mails


def _weeks(found):
    """Each reader and Monday on which a mail might come."""
    post, plan = found.quarter.post, found.quarter.plan
    for author in post.readers:
        for number in range(1, plan.weeks):
            monday = plan.start + number * WEEK
            if post.left is None or author is not post.left[0] or monday < post.left[1]:
                yield author, monday


def _had_news(found):
    """Who filed a ticket without a fault in the week before, or one that we spoke of."""
    news = set()
    for author, monday in _weeks(found):
        own = [one for one in found.lives if one.author is author and monday - WEEK <= one.at < monday]
        spoke = [one for one in found.lives if one.author is author and _first(one) and _in(_first(one), monday)]
        if spoke or any(not one.filed for one in own):
            news.add((author.id, monday))
    return news


def _first(life):
    """When we first made a point."""
    return next((at for at, points in life.spoken if points), 0.0)


def _in(at, monday):
    return monday - WEEK <= at < monday


def _were_busy(found):
    lives = found.quarter.lives
    touched = {
        (lives[ticket_id].author.id, week_of(at) * DAY + WEEK) for ticket_id, at in found.quarter.board.touched
    }
    return touched & {(author.id, monday) for author, monday in _weeks(found)}


def _own_mail(found):
    by_key = _by_key(found)
    shown = [(mail, by_key[key]) for mail in found.quarter.post.mails for key in mail.shows]
    wrong = [good.id for mail, good in shown if good.author is not mail.author or not _in(good.at, mail.week)]
    return Claim(
        "a mail shows a good ticket of its reader's own week",
        bool(shown) and not wrong,
        f"{len(shown)} shown; of somebody else or another week: {', '.join(wrong[:3]) or 'none'}",
    )


def _no_more_mail(found):
    author, since = found.quarter.post.left
    mails = [mail for mail in found.quarter.post.mails if mail.author is author]
    after = sum(mail.at > since for mail in mails)
    return Claim("who follows the link at its end gets no more", bool(mails) and not after, f"{after} after that")
