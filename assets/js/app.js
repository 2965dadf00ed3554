// Behaviour that makes pages quicker; every page also works without it.
import htmx from "htmx.org";
import accordion from "@uswds/uswds/js/usa-accordion";
import { counter } from "./counter.js";
import { device } from "./device/device.js";
import { errorSummary } from "./errors.js";
import { formset } from "./formset.js";
import { lengths } from "./lengths.js";
import { menus } from "./menus.js";
import { passwords } from "./passwords.js";
import { selection } from "./selection.js";
import { problems } from "./problems.js";
import { timer } from "./timer.js";

// Components of the design system bind once to the body; ours are `init(container)` like theirs.
const system = { accordion };
const ours = [counter, errorSummary, formset, lengths, passwords, selection, timer];

function bring(container) {
  for (const start of ours) start(container);
}

function start() {
  document.documentElement.classList.add("has-js");
  for (const component of Object.values(system)) component.on(document.body);
  menus();
  problems();
  bring(document.body);
  device().catch(() => {}); // a browser that keeps nothing on the device works as if without this
  document.body.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt === document.body) return;
    // init, never on: a second on() would bind again, and an accordion open and shut on one click.
    for (const component of Object.values(system)) component.init?.(elt);
    bring(elt);
  });
}

window.htmx = htmx;
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
