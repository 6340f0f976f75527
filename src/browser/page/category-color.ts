/**
 * A plan's colour, made for white paper, as it can be seen on a dark page: same hue,
 * lighter, and still darker or lighter than its neighbours.
 */
export function onDark(color: string): string {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (hex === null) return color;
  const [red, green, blue] = hex.slice(1).map((part) => parseInt(part, 16) / 255);
  const { hue, saturation, lightness } = toHsl(red ?? 0, green ?? 0, blue ?? 0);
  return `hsl(${hue.toFixed(0)} ${Math.min(saturation * 100, 78).toFixed(0)}% ${(41 + lightness * 44).toFixed(0)}%)`;
}

function toHsl(red: number, green: number, blue: number): { hue: number; saturation: number; lightness: number } {
  const max = Math.max(red, green, blue);
  const min = Math.min(red, green, blue);
  const span = max - min;
  const lightness = (max + min) / 2;
  if (span === 0) return { hue: 0, saturation: 0, lightness };
  const saturation = span / (1 - Math.abs(2 * lightness - 1));
  const sixth =
    max === red ? (green - blue) / span : max === green ? (blue - red) / span + 2 : (red - green) / span + 4;
  return { hue: (sixth * 60 + 360) % 360, saturation, lightness };
}
