// A project's trends, as HTML that the service made of its own words. `ask` knows how to ask for other choices.
import { element } from "./panel.js";

export function show(place, html, ask) {
  place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  attach(place, ask);
}

export function attach(place, ask) {
  const form = place.querySelector("form.filters");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => again(place, form, event.target.name, ask));
  for (const part of place.querySelectorAll("details, img")) {
    for (const kind of ["toggle", "load"]) part.addEventListener(kind, () => dispatchEvent(new Event("clarity:resized")));
  }
}

async function again(place, form, name, ask) {
  place.setAttribute("aria-busy", "true");
  form.querySelector(".trouble")?.remove();
  try {
    show(place, await ask(Object.fromEntries(new FormData(form))), ask);
    place.querySelector(`select[name="${name}"]`)?.focus();
  } catch (error) {
    const said = element("p", "trouble", error instanceof TypeError ? "Clarity does not answer. Its server may be down." : error.message);
    said.setAttribute("role", "alert");
    form.append(said);
  } finally {
    place.setAttribute("aria-busy", "false");
    dispatchEvent(new Event("clarity:resized"));
  }
}
