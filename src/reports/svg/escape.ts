const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and quoted attributes of HTML and SVG. */
export function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => REFERENCES[character]!)
}
