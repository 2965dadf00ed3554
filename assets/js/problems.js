// A request that failed says so, in a place that is read aloud, instead of nothing happening.
export function problems() {
  const place = document.querySelector("[data-problems]");
  if (!place) return;
  const say = (text) => {
    place.querySelector("[data-text]").textContent = text;
    place.hidden = false;
  };
  document.body.addEventListener("htmx:sendError", () => say(place.dataset.offline));
  document.body.addEventListener("htmx:timeout", () => say(place.dataset.offline));
  document.body.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status === 403) say(place.dataset.forbidden);
    else if (detail.xhr.status === 429) say(place.dataset.slower);
    else say(place.dataset.failed);
  });
  // Passkeys: the browser or the person said no.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say(place.dataset.passkey);
  });
  document.body.addEventListener("htmx:beforeRequest", () => {
    place.hidden = true;
  });
  place.querySelector("[data-dismiss]")?.addEventListener("click", () => {
    place.hidden = true;
  });
}
