// USWDS compiles its tokens to literal colours. To give every page a dark mode without
// editing the package, each literal becomes one of our custom properties (their light
// and dark values stand in scss/_tokens.scss). The same literal may be a text colour
// in one place and a surface in another, so the table is split by kind of property.
// A literal that is missing here fails the build: nothing may stay light in the dark.

const text = {
  "#1b1b1b": "--ink", "#000": "--ink", "#454545": "--ink-soft", "#565c65": "--ink-soft",
  "#71767a": "--ink-soft", "#3d4551": "--ink-soft", "#757575": "--ink-faint", "#919191": "--ink-faint",
  "#fff": "--on-accent", "#dfe1e2": "--on-accent", "#f5f5f0": "--on-accent",
  "#0f6460": "--accent", "#0b4b3f": "--accent-strong", "#123131": "--accent-strong",
  "#b50909": "--bad", "#9c3d10": "--bad",
};

const surface = {
  "#fff": "--surface", "#f5f5f0": "--sunken", "#dfe1e2": "--line", "#e6e6e6": "--line", "#c9c9c9": "--disabled",
  "#1b1b1b": "--ink", "#3d4551": "--ink-soft", "#565c65": "--ink-soft", "#71767a": "--ink-soft",
  "#757575": "--ink-faint", "#919191": "--ink-faint", "#454545": "--ink-soft",
  "#0f6460": "--accent", "#0b4b3f": "--accent-strong", "#123131": "--accent-strong", "#e0f7f6": "--accent-soft",
  "#ecf3ec": "--ok-soft", "#f5f0e6": "--wait-soft", "#f4e3db": "--bad-soft", "#eff6fb": "--info-soft",
  "#b50909": "--bad", "#d83933": "--bad", "#8b0a03": "--bad", "#9c3d10": "--bad",
  "#fa9441": "--wait", "#c05600": "--wait", "#775540": "--wait",
  "#00bde3": "--info", "#28a0cb": "--info", "#07648d": "--info",
  "#97d4ea": "--info-soft", "#e1f3f8": "--info-soft", "#c3ebfa": "--info-soft", "#99deea": "--info-soft",
};

const edge = {
  ...surface,
  "#fff": "--surface", "#1b1b1b": "--ink", "#565c65": "--edge", "#71767a": "--edge", "#a9aeb1": "--line",
  "#757575": "--edge", "#919191": "--edge", "#e66f0e": "--focus",
  "#00a91c": "--ok", "#d54309": "--bad", "#e5a000": "--wait", "#0076d6": "--info",
  "rgba(27,27,27,.2)": "--line", "#000": "--ink",
};

const kinds = [
  [/^(color|fill|-webkit-text-fill-color|text-decoration-color)$/, text],
  [/^background(-color|-image)?$/, surface],
  [/^(border.*|outline.*|box-shadow|text-shadow|stroke)$/, edge],
];
const kept = /^(rgba\(0,0,0,0\)|rgba\(0,0,0,\.7\)|rgba\(15,100,96,\.1\))$/;

/** CSS with literal colours in, CSS with custom properties out; throws on a literal the table lacks. */
export function withCustomProperties(css) {
  const missing = new Set();
  const out = css.replace(/([;{])([a-z-]+):([^;{}]+)/g, (whole, before, property, value) => {
    if (value.includes("data:")) return whole;
    const replaced = value.replace(/#[0-9a-f]{3,8}\b|rgba?\([^)]*\)/g, (literal) => {
      if (kept.test(literal)) return literal === "rgba(15,100,96,.1)" ? "var(--accent-soft)" : literal;
      const colour = literal;
      const table = kinds.find(([pattern]) => pattern.test(property))?.[1];
      if (!table?.[colour]) {
        missing.add(`${property}: ${literal}`);
        return literal;
      }
      return `var(${table[colour]})`;
    });
    return `${before}${property}:${replaced}`;
  });
  if (missing.size) throw new Error(`No custom property for ${[...missing].join(", ")} (assets/colours.mjs)`);
  return out;
}
