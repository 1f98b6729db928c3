// The panel on an issue. `host` knows how to ask: show() and opine(rule, kind, on), each with what to show.
const LEVELS = { ready: "Ready", nearly: "Nearly ready", unclear: "Not clear yet" };
const ACTIONS = { post: "Commented", update: "Updated the comment", withdraw: "Took the comment back", silence: "No new comment" };
const FIELDS = { title: "Title", description: "Description" };

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export async function start(host, place = document.getElementById("panel")) {
  const panel = { host, place };
  await attempt(panel, () => host.show());
  return panel;
}

async function attempt(panel, ask, focus) {
  const { place } = panel;
  place.setAttribute("aria-busy", "true");
  try {
    draw(panel, await ask());
    if (focus) (place.querySelector(focus) ?? place.querySelector(".verdict")).focus();
  } catch (error) {
    trouble(panel, error, ask);
  } finally {
    place.setAttribute("aria-busy", "false");
    panel.host.resized?.();
  }
}

function trouble(panel, error, ask) {
  const said = element("p", "trouble", error instanceof TypeError ? "Clarity does not answer. Its server may be down." : error.message);
  said.setAttribute("role", "alert");
  const again = button("Try again", "", () => attempt(panel, ask));
  const shown = panel.place.querySelector(".verdict");
  if (!shown) return panel.place.replaceChildren(said, again);
  panel.place.querySelector(".trouble")?.remove();
  shown.after(said);
}

function draw(panel, told) {
  const { review } = told;
  const parts = [verdict(review), changed(told.before, review), ...findings(panel, review, told.may_ignore), ...leftOut(panel, told), decided(told.said)];
  panel.place.replaceChildren(...[...parts, own(panel)].filter(Boolean));
}

// What is the reader's own comes when it is asked for, as HTML that the service made of its own words.
function own(panel) {
  if (!panel.host.mine) return null;
  const shown = element("section", "own");
  shown.append(button("Your own progress", "show-own", () => showOwn(panel, shown, () => panel.host.mine())));
  return shown;
}

async function showOwn(panel, shown, ask) {
  try {
    const { html } = await ask();
    const parsed = new DOMParser().parseFromString(html, "text/html").body;
    for (const choice of parsed.querySelectorAll("button[data-choice]")) {
      const { choice: name, on } = choice.dataset;
      choice.addEventListener("click", () => showOwn(panel, shown, () => panel.host.choose(name, on === "true")));
    }
    parsed.querySelector("img")?.addEventListener("load", () => panel.host.resized?.());
    shown.replaceChildren(...parsed.childNodes);
    shown.tabIndex = -1;
    shown.focus();
  } catch (error) {
    const said = element("p", "trouble", error instanceof TypeError ? "Clarity does not answer. Its server may be down." : error.message);
    said.setAttribute("role", "alert");
    shown.querySelector(".trouble")?.remove();
    shown.append(said);
  }
  panel.host.resized?.();
}

function decided(said) {
  return said && element("p", "soft said", `${ACTIONS[said.action] ?? said.action}: ${said.reason}.`);
}

function verdict({ score, level, reason }) {
  const shown = element("div", `verdict ${level ?? ""}`);
  shown.tabIndex = -1;
  shown.setAttribute("role", "status");
  if (score === null) {
    shown.append(element("p", "level", "No score"), element("p", "soft", `Not judged: ${reason}.`));
    return shown;
  }
  const figure = element("p", "score");
  figure.append(element("strong", "", score), element("span", "soft", " of 100"));
  const bar = element("div", "bar");
  bar.setAttribute("aria-hidden", "true");
  const value = element("div", "value");
  value.style.setProperty("--score", score);
  bar.append(value);
  shown.append(figure, element("p", "level", LEVELS[level]), bar);
  return shown;
}

function changed(before, { score }) {
  if (!before) return null;
  const shown = element("section", "changed");
  shown.setAttribute("aria-label", "What changed since the last edit");
  const moved = before.score !== null && score !== null && before.score !== score ? `${before.score} → ${score} of 100` : "The same score";
  shown.append(element("p", "", `Since the last edit: ${moved}.`));
  if (before.mended.length) shown.append(element("p", "mended", `Mended: ${before.mended.join(", ")}.`));
  if (before.new.length) shown.append(element("p", "soft", `New: ${before.new.join(", ")}.`));
  return shown;
}

function findings(panel, review, mayIgnore) {
  const heading = element("h2", "", review.findings.length ? "What would make it clearer" : "Nothing to add");
  if (!review.findings.length) return review.score === null ? [] : [heading];
  const list = element("ul", "findings");
  list.append(...review.findings.map((finding, index) => one(panel, finding, index, mayIgnore)));
  return [heading, list];
}

function one(panel, finding, index, mayIgnore) {
  const item = element("li", "finding");
  const name = element("p", "message", finding.message);
  name.id = `finding-${index}`;
  item.append(name);
  if (finding.quote && !finding.message.includes(finding.quote)) {
    const quote = element("p", "quote");
    quote.append(element("q", "", finding.quote), element("span", "soft", ` in the ${FIELDS[finding.field]?.toLowerCase() ?? finding.field}`));
    item.append(quote);
  }
  if (finding.suggestion) item.append(...instead(finding.suggestion));
  else if (finding.coach) item.append(labelled("What would pass", finding.coach));
  if (finding.why) item.append(why(finding.why));
  if (finding.gain) item.append(element("p", "gain", `+${finding.gain} if mended`));
  item.append(choices(panel, finding, index, mayIgnore));
  return item;
}

// What would pass, made from the ticket's own words: the same as in the comment.
function instead({ lead, text, block }) {
  const shown = element("p", "coach");
  shown.append(element("span", "label", `${lead} `));
  if (!block) {
    shown.append(element("q", "", text));
    return [shown];
  }
  const lines = element("pre", "paste", text);
  lines.tabIndex = 0;
  return [shown, lines];
}

function labelled(label, text) {
  const shown = element("p", "coach");
  shown.append(element("span", "label", `${label}: `), text);
  return shown;
}

function why(text) {
  const shown = element("details");
  shown.append(element("summary", "", "Why it matters"), element("p", "soft", text));
  shown.addEventListener("toggle", () => dispatchEvent(new Event("clarity:resized")));
  return shown;
}

function choices(panel, finding, index, mayIgnore) {
  const shown = element("div", "choices");
  shown.append(choice(panel, finding, "not-useful", finding.not_useful, "Not useful", index));
  if (mayIgnore) shown.append(choice(panel, finding, "ignored", false, "Ignore here", index));
  return shown;
}

function choice(panel, { rule }, kind, on, label, index) {
  const made = button(label, kind, () => say(panel, rule, kind, !on));
  made.dataset.rule = rule;
  if (kind === "not-useful") made.setAttribute("aria-pressed", on);
  made.setAttribute("aria-describedby", `finding-${index}`);
  return made;
}

function leftOut(panel, { ignored, may_ignore: mayIgnore }) {
  if (!ignored.length) return [];
  const list = element("ul", "left-out");
  list.append(...ignored.map((told) => {
    const item = element("li", "", told.reason ? `${told.title}: ${told.reason}` : told.title);
    if (told.here && mayIgnore) {
      const back = button("Bring back", "ignored", () => say(panel, told.rule, "ignored", false));
      back.setAttribute("aria-label", `Bring back ${told.title}`);
      item.append(" ", back);
    }
    return item;
  }));
  return [element("h2", "", "Ignored on this issue"), list];
}

function say(panel, rule, kind, on) {
  return attempt(panel, () => panel.host.opine(rule, kind, on), `button[data-rule="${rule}"].${kind}`);
}

function button(label, className, act) {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", async () => {
    if (made.getAttribute("aria-disabled") === "true") return;
    made.setAttribute("aria-disabled", "true");
    await act();
    made.removeAttribute("aria-disabled");
  });
  return made;
}
