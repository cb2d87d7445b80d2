/** A file of rows, as RFC 4180 has it; what a spreadsheet would take for a formula is made harmless, also
 *  where its sign is full-width, as Chinese and Japanese ones take it. */
export function csv(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const field = (value: unknown) => {
    const text = String(value ?? '')
    const number = /^-?\d+(\.\d+)?$/.test(text)
    const tame = !number && /^[=+\-@＝＋－＠\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
  }
  const lines = [heads, ...rows].map((row) => row.map(field).join(','))
  // The mark tells spreadsheets that it is UTF-8.
  return `\ufeff${lines.join('\r\n')}\r\n`
}

/** Gives the browser a file to save. */
export function save(name: string, content: BlobPart, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
