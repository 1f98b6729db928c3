// A project's trends, as HTML that the service made of its own words. `ask` knows how to ask for other choices.
import { element } from "./panel.js";

export function show(place, html, ask) {
  place.replaceChildren(...parsed(html).childNodes);
  attach(place, ask);
}

export function attach(place, ask) {
  const form = place.querySelector("form.filters");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => again(place, form, event.target.name, ask));
  for (const part of place.querySelectorAll("details")) part.addEventListener("toggle", resized);
  const waiting = [...place.querySelectorAll("[data-picture]:empty")];
  if (waiting.length) draw(waiting, form, ask);
}

const resized = () => dispatchEvent(new Event("clarity:resized"));

// The words are there at once; pictures take seconds to draw, and are put in when they have come.
async function draw(waiting, form, ask) {
  const drawn = await ask(Object.fromEntries(new FormData(form))).then(parsed, () => parsed(""));
  for (const place of waiting) {
    const picture = drawn.querySelector(`[data-picture="${place.dataset.picture}"]`);
    if (picture?.hasChildNodes()) place.replaceChildren(...picture.childNodes);
    else place.append(element("p", "soft", "This chart could not be drawn. Its numbers are below."));
    place.querySelector("img")?.addEventListener("load", resized);
  }
  resized();
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body;

async function again(place, form, name, ask) {
  place.setAttribute("aria-busy", "true");
  form.querySelector(".trouble")?.remove();
  try {
    show(place, await ask({ ...Object.fromEntries(new FormData(form)), pictures: "later" }), ask);
    place.querySelector(`select[name="${name}"]`)?.focus();
  } catch (error) {
    const said = element("p", "trouble", error instanceof TypeError ? "Clarity does not answer. Its server may be down." : error.message);
    said.setAttribute("role", "alert");
    form.append(said);
  } finally {
    place.setAttribute("aria-busy", "false");
    resized();
  }
}
