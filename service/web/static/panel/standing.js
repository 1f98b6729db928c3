// How tickets stand: how many are ready, and what is found most.
import { element } from "./panel.js";

export function draw(place, told) {
  place.replaceChildren(element("h1", "", told.project ? `Clarity of ${told.project}` : "Clarity"));
  if (!told.count) {
    place.append(element("p", "", "No ticket has been scored yet. Tickets are scored when they are created or edited."));
    return;
  }
  const tickets = told.count === 1 ? "1 ticket" : `${told.count} tickets`;
  place.append(element("p", "sum", `${tickets} scored. Half of them score ${told.middle} of 100 or more.`));
  place.append(table("How ready they are", "Level", told.levels));
  if (told.found.length) place.append(table("What is found most", "Finding", told.found));
  place.append(element("p", "soft", "By the latest text of each ticket. No person is ranked here."));
}

function table(caption, name, rows) {
  const made = element("table");
  made.append(element("caption", "", caption));
  const head = made.createTHead().insertRow();
  head.append(heading("col", name), heading("col", "Tickets", "number"));
  const body = made.createTBody();
  for (const [label, many] of rows) {
    body.insertRow().append(heading("row", label), element("td", "number", many));
  }
  return made;
}

function heading(scope, text, className) {
  const made = element("th", className, text);
  made.scope = scope;
  return made;
}
