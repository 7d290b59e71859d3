// The map of the programme: outlines and places from our own addresses. The list beside it says the same without it.

/* global L */
const box = document.getElementById("carte");
const words = box?.dataset;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
// Without a background there is nothing to see closer.
const CLOSEST = words?.tiles ? 18 : 13;
const KILOMETRE = 1000;
const NAME = { permanent: true, pane: "names", className: "map-name" };

const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const link = (text, url) => Object.assign(element("a", text), { href: url });

// What is seen is a number; what is read says of what.
const icon = (className, number, label) => {
  const content = document.createDocumentFragment();
  const seen = element("span", String(number));
  seen.setAttribute("aria-hidden", "true");
  content.append(seen, element("span", label, "visually-hidden"));
  const holder = element("div");
  holder.append(content);
  return L.divIcon({ className, iconSize: null, html: holder });
};

const inList = (place) =>
  document.getElementById(`lieu-${place.number}`) ?? document.getElementById(`ville-${place.commune}`);

const goTo = (item) => {
  const fold = item.closest("details");
  if (fold) fold.open = true;
  item.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  item.focus({ preventScroll: true });
};

const told = (place) => {
  const content = element("div");
  content.tabIndex = -1;
  content.append(element("p", `${place.name}, ${place.town}`));
  const list = element("ul");
  for (const each of place.first) {
    const item = element("li");
    const title = link(each.title, each.url);
    title.lang = "fr";
    item.append(title, element("br"), [each.when, each.state && `(${each.state})`].filter(Boolean).join(" "));
    list.append(item);
  }
  content.append(list);
  const item = inList(place);
  if (item) {
    const more = link(`${words.inList} (${place.count})`, `#${item.id}`);
    more.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(item);
    });
    content.append(more);
  }
  return content;
};

const drawOutlines = (map, outlines) => {
  const layer = L.geoJSON(outlines, { interactive: false, className: "map-outline" }).addTo(map);
  if (words.tiles) return;
  layer.eachLayer((each) => each.bindTooltip(each.feature.properties.nom, { ...NAME, direction: "center" }));
};

const group = () =>
  L.markerClusterGroup({
    // Wide enough for none to cover another between two whole zooms.
    maxClusterRadius: 76,
    showCoverageOnHover: false,
    spiderLegPolylineOptions: { className: "map-around" },
    iconCreateFunction: (cluster) => {
      const places = cluster.getAllChildMarkers().map((marker) => marker.options.place);
      const count = new Set(places.flatMap((place) => place.activities)).size;
      const label = words.several.replace("{places}", places.length).replace("{count}", count);
      return icon("map-group", count, label);
    },
  });

const markerOf = (place) => {
  const marker = L.marker([place.latitude, place.longitude], {
    icon: icon("map-place", place.activities.length, place.label),
    riseOnHover: true,
    place,
  });
  marker.bindPopup(() => told(place), { maxWidth: 300, minWidth: 200 });
  return marker;
};

// By keyboard, what opens takes the focus, and gives it back when it closes.
const keepFocus = (map) => {
  map.on("popupopen", ({ popup }) => {
    const frame = popup.getElement();
    frame.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    const marker = popup._source;
    inList(marker.options.place)?.classList.add("is-shown");
    marker.getElement()?.classList.add("is-shown");
    frame.querySelector("[tabindex='-1']")?.focus({ preventScroll: true });
  });
  map.on("popupclose", ({ popup }) => {
    for (const each of document.querySelectorAll(".is-shown")) each.classList.remove("is-shown");
    // The focus was in what has just gone.
    if (document.activeElement === document.body) popup._source.getElement()?.focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
};

// Each place of the list leads to its marker.
const leadHere = (map, markers, places) => {
  for (const [number, marker] of places) {
    const item = document.querySelector(`[data-place="${number}"] .stop-name`);
    if (!item) continue;
    const button = element("button", words.onMap, "btn btn-link btn-sm");
    button.type = "button";
    button.addEventListener("click", () => {
      box.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
      markers.zoomToShowLayer(marker, () => marker.openPopup());
    });
    item.append(button);
  }
};

const drawAround = (map, centre, radius) => {
  L.circle(centre, { radius, className: "map-around", interactive: false }).addTo(map);
  L.circleMarker(centre, { radius: 6, className: "map-around", interactive: false }).bindTooltip(words.you, NAME).addTo(map);
};

const read = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
};

const draw = async () => {
  const [outlines, { places }] = await Promise.all([read(words.outlines), read(words.points)]);
  box.replaceChildren();
  const map = L.map(box, {
    attributionControl: false,
    zoomControl: false,
    // The wheel scrolls the page until one is on the map.
    scrollWheelZoom: false,
    maxZoom: CLOSEST,
    zoomSnap: words.tiles ? 1 : 0.25,
    zoomAnimation: !calm,
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    inertia: !calm,
  });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.label);
  // Below the markers: a name is for finding one’s way.
  map.createPane("names").classList.add("map-names");
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  if (words.tiles) {
    L.tileLayer(words.tiles, { maxZoom: CLOSEST }).addTo(map);
    box.classList.add("has-tiles");
  }
  const centre = words.near && L.latLng(words.near.split(",").map(Number));
  const radius = Number(words.radius) * KILOMETRE;
  const points = L.latLngBounds(places.map((place) => [place.latitude, place.longitude]));
  const bounds = centre ? centre.toBounds(2 * radius) : places.length ? points : L.geoJSON(outlines).getBounds();
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.05), { maxZoom: 12, animate: false });
  else map.setView([46.5, 2.5], 6);
  drawOutlines(map, outlines);
  if (centre) drawAround(map, centre, radius);
  const markers = group();
  const byNumber = new Map(places.map((place) => [String(place.number), markerOf(place)]));
  markers.addLayers([...byNumber.values()]).addTo(map);
  markers.on("clusterkeypress", (event) => {
    // The group of markers itself puts « cluster » before the name.
    if (event.originalEvent.key === "Enter") markers.fire("click", event);
  });
  keepFocus(map);
  leadHere(map, markers, byNumber);
};

if (box) {
  draw().catch((error) => {
    console.error(error);
    box.remove();
    document.getElementById("carte-etat").textContent = words.failed;
  });
}
