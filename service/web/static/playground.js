// The playground: files a ticket on the local tracker, then shows what the service made of it.
const $ = (id) => document.getElementById(id);
const form = $("form");
const fields = ["kind", "markup", "title", "description"].map($);
const LEVELS = { ready: "Ready", nearly: "Nearly ready", unclear: "Not clear yet" };
const POLL = 250;
const SLOW = 6_000;
const LOST = 60_000;
let filed = null;
let saved = {};
let round = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function say(text, trouble = false) {
  $("status").textContent = text;
  $("status").classList.toggle("trouble", trouble);
}

async function ask(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json", Accept: "application/json" } : { Accept: "application/json" },
    body: body && JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(told.error || `The service answered ${answer.status}.`), { status: answer.status });
  return told;
}

async function file(event) {
  event?.preventDefault();
  const mine = ++round;
  const draft = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  if (!draft.title.trim() && !draft.description.trim()) {
    say("Type a title or a description first.", true);
    $("title").focus();
    return;
  }
  busy(true);
  say(filed ? "Saved. Reading it again …" : "Filed. Reading it …");
  try {
    const answer = filed ? await ask("PUT", `/playground/tickets/${filed}`, draft) : await ask("POST", "/playground/tickets", draft);
    if (mine !== round) return;
    filed = answer.id;
    saved = draft;
    $("key").textContent = answer.key;
    $("key").hidden = $("anew").hidden = false;
    $("file").textContent = "Save the edit";
    await follow(mine, draft);
  } catch (error) {
    fail(mine, error);
  } finally {
    if (mine === round) busy(false);
  }
}

async function follow(mine, draft) {
  const began = performance.now();
  while (mine === round) {
    const told = await ask("GET", `/playground/tickets/${filed}`);
    if (mine !== round) return;
    if (told.state === "done") return show(told, draft);
    const waited = performance.now() - began;
    if (told.state === "failing") say("The worker failed and tries again. Its log says why.", true);
    else if (waited > LOST) throw new Error("No worker has answered for a minute. See the service's log, or run: clarity doctor");
    else if (waited > SLOW) say(told.ready ? "Still reading …" : "The worker is warming up; a moment …");
    await new Promise((done) => setTimeout(done, POLL));
  }
}

function show(told, draft) {
  const { score, level, reason, findings } = told.review;
  $("outcome").hidden = $("details").hidden = false;
  for (const name of Object.keys(LEVELS)) $("outcome").classList.toggle(name, name === level);
  $("ring").setAttribute("stroke-dasharray", `${score ?? 0} 100`);
  $("ring").classList.toggle("none", !score);
  $("number").textContent = score ?? "–";
  $("level").textContent = score === null ? "No score" : LEVELS[level];
  const cost = findings.reduce((sum, finding) => sum + finding.points, 0);
  const kind = told.kind ? `Read as a ${told.kind}.` : "Read by the rules that hold for every kind.";
  $("sum").textContent = score === null ? `Not judged: ${reason}.` : `${kind} 100 − ${cost} = ${score}`;
  showFindings(findings, told.review.gains);
  showWords(findings, draft);
  showComment(told.comment, told.decision);
  showTalk(told.said);
  say(score === null ? `No score: ${reason}.` : `Clarity ${score} of 100: ${LEVELS[level].toLowerCase()}. ${findings.length === 1 ? "One finding" : `${findings.length || "No"} findings`}.`);
}

function showFindings(findings, gains) {
  const items = findings.map((finding, index) => {
    const item = element("li", "finding");
    item.dataset.finding = index;
    item.append(element("span", finding.points ? "cost" : "cost free", finding.points ? `−${finding.points}` : "0"));
    const body = element("div");
    body.append(element("p", "said-words", finding.message));
    if (finding.coach) body.append(element("p", "coach", finding.coach));
    const rule = element("p", "rule", `${finding.rule} `);
    const alike = findings.filter((other) => other.rule === finding.rule).length;
    const gain = gains[finding.rule] ?? finding.gain;
    if (gain) rule.append(element("span", "gain", `+${gain} if ${alike > 1 ? `all ${alike} of these are ` : ""}mended`));
    body.append(rule);
    item.append(body);
    if (finding.start !== null) {
      const button = element("button", "", "Show in the text");
      button.type = "button";
      button.addEventListener("click", () => reveal(index));
      button.addEventListener("focus", () => light(index, true));
      button.addEventListener("blur", () => light(index, false));
      item.append(button);
    }
    item.addEventListener("mouseenter", () => light(index, true));
    item.addEventListener("mouseleave", () => light(index, false));
    return item;
  });
  $("findings").replaceChildren(...(items.length ? items : [element("li", "coach", "Nothing found.")]));
}

function showWords(findings, draft) {
  const texts = ["title", "description"].filter((name) => draft[name]).map((name) => {
    const shown = element("span", "text");
    shown.append(element("span", "name", name === "title" ? "Title" : "Description"), ...marked(draft[name], findings, name));
    return shown;
  });
  $("read").replaceChildren(...texts);
}

// Offsets count code points; where findings overlap, the first that begins is marked.
function marked(text, findings, field) {
  const points = Array.from(text);
  const places = findings.map((finding, index) => ({ ...finding, index })).filter((f) => f.field === field && f.start !== null);
  places.sort((a, b) => a.start - b.start);
  const nodes = [];
  let at = 0;
  for (const place of places) {
    if (place.start < at) continue;
    nodes.push(points.slice(at, place.start).join(""));
    const mark = element("mark", "", points.slice(place.start, place.end).join(""));
    mark.dataset.finding = place.index;
    mark.title = place.message;
    nodes.push(mark);
    at = place.end;
  }
  nodes.push(points.slice(at).join(""));
  return nodes;
}

function light(index, on) {
  for (const part of document.querySelectorAll(`[data-finding="${index}"]`)) part.classList.toggle("lit", on);
}

function reveal(index) {
  document.querySelector(`mark[data-finding="${index}"]`)?.scrollIntoView({ block: "nearest" });
  light(index, true);
}

function showComment(comment, decision) {
  $("comment").hidden = !comment;
  $("comment-heading").hidden = false;
  $("why").hidden = false;
  $("why").textContent = comment ? `Why it spoke, or kept silent, this time: ${decision.reason}.` : `No comment: ${decision.reason}.`;
  if (!comment) return;
  // Rendered and escaped by the service from its own comment tree; the page's policy allows no script in it.
  $("said").innerHTML = comment.html;
  $("when").textContent = new Date(comment.created * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  $("edited").hidden = !comment.edits;
  $("edited").textContent = comment.edits === 1 ? "edited" : `edited ${comment.edits} times`;
}

function showTalk(said) {
  $("talk").hidden = false;
  $("words-said").replaceChildren(...said.map(({ author, words }) => {
    const item = element("li");
    item.append(element("strong", "", author), ` ${words}`);
    return item;
  }));
}

async function talk(event) {
  event.preventDefault();
  const mine = ++round;
  say("Said. Listening …");
  try {
    await ask("POST", `/playground/tickets/${filed}/comments`, { author: $("speaker").value, words: $("words").value });
    if (mine !== round) return;
    $("words").value = "";
    await follow(mine, saved);
  } catch (error) {
    fail(mine, error);
  }
}

function fail(mine, error) {
  if (mine !== round) return;
  if (error.status === 404) forget();
  say(error instanceof TypeError ? "The service does not answer. Is it still running?" : error.message, true);
}

function busy(on) {
  $("file").setAttribute("aria-disabled", on);
}

function forget() {
  filed = null;
  $("key").hidden = $("anew").hidden = true;
  $("file").textContent = "File this ticket";
}

function clear() {
  round += 1;
  forget();
  busy(false);
  for (const part of ["outcome", "details", "comment", "comment-heading", "why", "talk"]) $(part).hidden = true;
  say("Nothing filed yet.");
}

async function offerExamples() {
  const examples = await (await fetch("/static/examples.json")).json();
  $("examples").append(...examples.map((example) => {
    const button = element("button", "", example.name);
    button.type = "button";
    button.addEventListener("click", () => {
      clear();
      for (const field of fields) field.value = example[field.name];
      file();
    });
    return button;
  }));
}

form.addEventListener("submit", file);
$("talk").addEventListener("submit", talk);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) file(event);
});
$("anew").addEventListener("click", () => {
  clear();
  form.reset();
  $("title").focus();
});
offerExamples();
