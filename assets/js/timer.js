// How long the timer has run, by the minute. The server knows when it began; this only counts.
import { asTyped } from "./device/lengths.js";

export function timer(container) {
  for (const place of container.querySelectorAll("[data-since]:not([data-alive])")) {
    place.dataset.alive = "";
    const show = () => {
      const minutes = Math.floor((Date.now() / 1000 - Number(place.dataset.since)) / 60);
      place.textContent = asTyped(Math.max(0, minutes));
    };
    show();
    setInterval(show, 15000);
  }
}
