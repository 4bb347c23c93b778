/**
 * Dates as text. A civil date ("2026-11-23") has no time zone and is written
 * as it stands; an instant is shown on the clock of Asia/Shanghai, which is
 * the business calendar whoever reads it.
 */
const zone = 'Asia/Shanghai'
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

interface Civil {
  year: number
  month: number
  day: number
}

/** Today's civil date in Asia/Shanghai, as forms take it: "2026-11-23". */
export function today(now: number = Date.now()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now)
}

/** The civil date of "2026-11-23" or of an RFC 3339 instant, or null. */
export function toCivil(value: string): Civil | null {
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  if (plain) return { year: Number(plain[1]), month: Number(plain[2]), day: Number(plain[3]) }
  const instant = new Date(value)
  if (Number.isNaN(instant.getTime())) return null
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(instant)
  return toCivil(parts)
}

/** 2026年11月23日 or 23 November 2026; text that is no date is given back as it is. */
export function formatDate(value: string, locale: string): string {
  const civil = toCivil(value)
  if (!civil) return value
  if (locale.startsWith('zh')) return `${civil.year}年${civil.month}月${civil.day}日`
  return `${civil.day} ${months[civil.month - 1]} ${civil.year}`
}

/** The date with hours and minutes: 2026年11月23日 14:05. */
export function formatDateTime(value: string, locale: string): string {
  const instant = new Date(value)
  if (Number.isNaN(instant.getTime())) return value
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(instant)
  return `${formatDate(value, locale)} ${time}`
}

/**
 * "3 天前", "in 2 hours": how far an instant is from now. What has passed is told by whole units; what is to come is
 * rounded, or a term of five days would be one of four as soon as it began.
 */
export function formatRelative(value: string, locale: string, now: number = Date.now()): string {
  const instant = new Date(value).getTime()
  if (Number.isNaN(instant)) return value
  const seconds = Math.round((instant - now) / 1000)
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [31_536_000, 'year'],
    [2_592_000, 'month'],
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ]
  const stepOf = (span: number) => steps.find(([length]) => span >= length)
  const [within = 1] = stepOf(seconds) ?? []
  const told = seconds > 0 ? Math.round(seconds / within) * within : seconds // 59 minutes and a half are an hour
  const step = stepOf(Math.abs(told))
  if (step) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(told / step[0]), step[1])
  if (seconds > 0) return locale.startsWith('zh') ? '1分钟内' : 'within a minute'
  return locale.startsWith('zh') ? '刚刚' : 'just now'
}
