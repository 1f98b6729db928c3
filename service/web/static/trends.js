// Draws the charts. Without this script each is a picture, and its numbers stand in a table.
const themes = JSON.parse(document.getElementById("themes").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = [...document.querySelectorAll("[data-chart]")];
const views = new Map();

async function draw(place) {
  const spec = JSON.parse(document.getElementById(`spec-${place.dataset.chart}`).textContent);
  const theme = dark.matches ? "dark" : "light";
  spec.config = { ...themes[theme] };
  for (const part of spec.vconcat ?? [spec]) part.width = place.clientWidth;
  if (place.clientWidth < 420) spec.config.axisY = { labelLimit: 130 };
  const before = views.get(place);
  const { view, finalize } = await vegaEmbed(place, spec, {
    actions: false, ast: true, defaultStyle: false, renderer: "svg",
    tooltip: { disableDefaultStyle: true, theme: "custom", sanitize: escaped },
  });
  before?.();
  views.set(place, finalize);
  place.dataset.drawn = place.clientWidth;
  view.addEventListener("click", (_, item) => { if (item?.datum?.go) location.assign(item.datum.go); });
  for (const mark of place.querySelectorAll("svg")) mark.setAttribute("aria-hidden", "true");
}

function escaped(value) {
  const holder = document.createElement("p");
  holder.textContent = String(value);
  return holder.innerHTML;
}

function picture(place) {
  const fallback = place.parentElement.querySelector("noscript");
  place.innerHTML = fallback.textContent;
}

function drawAll() {
  for (const place of charts) draw(place).catch(() => picture(place));
}

if (window.vegaEmbed) drawAll(); else charts.forEach(picture);
dark.addEventListener("change", drawAll);
let waiting;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => charts.filter((c) => c.clientWidth !== Number(c.dataset.drawn)).forEach((c) => draw(c)), 150);
});
