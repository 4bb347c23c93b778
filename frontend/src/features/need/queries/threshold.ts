/** What somebody typed as a threshold: the number, and what stood around it. */
export interface TypedThreshold {
  operator?: '>=' | '<=' | '='
  threshold: string
  unit: string
}

const atLeast = /^(?:≥|≧|⩾|≮|>=|>|不低于|不少于|不小于|大于或?等于|大于|高于|超过?|逾|至少|最低|at least|over|more than|not? (?:less|fewer|lower) than|(?:greater|higher|longer) than|above|minimum(?: of)?|min\.?)/i
const atMost = /^(?:≤|≦|⩽|≯|<=|<|±|不高于|不超过|不大于|不多于|小于或?等于|小于|低于|至多|最高|at most|less than|not? (?:more|greater|higher) than|not exceeding|lower than|below|under|up to|within|maximum(?: of)?|max\.?)/i
/** What stands behind the unit and says how the number bounds. */
const upwards = /[及或]?以上$|\b(?:or (?:more|higher|above)|and above)$/i
const downwards = /[及或]?以[下内]$|\b(?:or (?:less|lower|below)|and below)$/i
/** Thousands that a space sets apart, and not those of two numbers: 15 000. */
const spaced = /(?<![\d.,])\d{1,3}(?:\s\d{3})+(?!\d)/g
const belowZero = /(?:^|(?<=[≥≤<>]\s*))(?:[–—]|零下\s*|minus\s+)(?=\d)/i
const number = /^(?:10\^(?<power>\d{1,2})|(?<decimal>-?\d+(?:\.\d+)?)(?:\s*[x×*]\s*10\^(?<times>\d{1,2}))?)\s*(?<scale>[千万亿]?)/
const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹'

const zeros = { 千: 3, 万: 4, 亿: 8 } as const

/** A decimal with so many more places before its point; no float, as it is never rounded. */
function shifted(decimal: string, places: number): string {
  const [whole = '', part = ''] = decimal.split('.')
  const sign = whole.startsWith('-') ? '-' : ''
  const digits = whole.replace('-', '') + part.padEnd(places, '0').slice(0, places)
  const rest = part.slice(places)
  return sign + digits.replace(/^0+(?=\d)/, '') + (rest ? `.${rest}` : '')
}

/**
 * Reads "≥ 99.5 %", "不低于 95", "95% 以上", "−20 ℃", "零下 20 ℃", "15 000 h", "2万", "10⁵ 次", "±0.02 mm". Undefined where it is not one number:
 * a range, a ratio, one more or less, words.
 */
export function readThreshold(typed: string): TypedThreshold | undefined {
  let rest = typed
    .replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/(?<=10)[⁰¹²³⁴-⁹]+/g, (power) => `^${Array.from(power, (digit) => raised.indexOf(digit)).join('')}`)
    .replaceAll('−', '-')
    .replace(/(?<=\d),(?=\d{3})/g, '')
    .replace(spaced, (thousands) => thousands.replace(/\s/g, ''))
    .trim()
    .replace(belowZero, '-')
  const operator = atLeast.test(rest) || upwards.test(rest) ? '>=' : atMost.test(rest) || downwards.test(rest) ? '<=' : rest.startsWith('=') ? '=' : undefined
  for (const sign of [atLeast, atMost, /^=/, upwards, downwards]) rest = rest.replace(sign, '').trim()
  const found = number.exec(rest)
  if (!found?.groups) return undefined
  const { power, decimal, times, scale } = found.groups
  const unit = rest.slice(found[0].length).trim()
  if (/^[\d.~:/^x×*±+-]|[~至到–—]|左右$/.test(unit)) return undefined
  return { operator, threshold: shifted(decimal ?? '1', Number(power ?? times ?? 0) + (zeros[scale as keyof typeof zeros] ?? 0)), unit }
}
