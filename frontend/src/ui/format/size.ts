const units = ['B', 'KB', 'MB', 'GB'] as const

/** A file's size as people read it: 1536 → 1.5 KB. */
export function sizeText(bytes: number, locale: string): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 }).format(size)} ${units[unit]}`
}
