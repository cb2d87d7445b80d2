/** The server derives a site's shades from its accent (src/http/web/theme.rs); the same arithmetic here shows them
 *  before they are saved. */
export type Colour = readonly [number, number, number]

const white: Colour = [255, 255, 255]
const black: Colour = [0, 0, 0]
const light: Colour = [0xf0, 0xf0, 0xed]
const dark: Colour = [0x25, 0x27, 0x23]
const enough = 5.2

/** `#rrggbb`, or null. */
export function parseColour(text: string): Colour | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim())
  return match ? [parseInt(match[1] ?? '', 16), parseInt(match[2] ?? '', 16), parseInt(match[3] ?? '', 16)] : null
}

export const hex = (colour: Colour): string => `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Colour
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** From 1 to 21 (WCAG 2.2). */
export function contrast(one: Colour, other: Colour): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

function untilLegible(colour: Colour, towards: Colour, ground: Colour): Colour {
  for (let step = 0; step <= 40; step++) {
    const shade = colour.map((channel, at) => Math.floor((channel * (40 - step) + (towards[at] ?? 0) * step) / 40)) as unknown as Colour
    if (contrast(shade, ground) >= enough) return shade
  }
  return towards
}

/** What buttons are filled with and text is written in, by light and by dark, each with its contrast. */
export function shadesOf(accent: Colour) {
  const fill = untilLegible(accent, black, white)
  const ink = untilLegible(fill, black, light)
  const darkInk = untilLegible(accent, white, dark)
  return {
    fill, ink, darkInk,
    onFill: contrast(white, fill),
    onLight: contrast(ink, light),
    onDark: contrast(darkInk, dark),
    /** White text on the accent as it was chosen. */
    asChosen: contrast(white, accent),
    changed: hex(fill) !== hex(accent),
  }
}
