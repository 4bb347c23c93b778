/**
 * Money as text. Amounts come as decimal strings ("1234.50") and are counted
 * in integer fen by BigInt: a float never touches them.
 */

/** An amount as the API writes it. */
export interface Money {
  amount: string
  currency: string
}

const decimal = /^(-?)(\d{1,16})(?:\.(\d{1,2}))?$/

/** Fen of a decimal string with at most two decimals, or null if it is not one. */
export function parseFen(amount: string): bigint | null {
  const match = decimal.exec(amount.trim())
  if (!match) return null
  const [, sign, yuan = '0', cents = ''] = match
  const fen = BigInt(yuan) * 100n + BigInt(cents.padEnd(2, '0'))
  return sign ? -fen : fen
}

/** How much an amount is, whichever way it goes. */
export function sizeOf(money: Money): Money {
  return { ...money, amount: money.amount.replace(/^-/, '') }
}

/** The decimal string of fen, always with two decimals: 123450n → "1234.50". */
export function fenToDecimal(fen: bigint): string {
  const positive = fen < 0n ? -fen : fen
  const cents = (positive % 100n).toString().padStart(2, '0')
  return `${fen < 0n ? '-' : ''}${positive / 100n}.${cents}`
}

/** Digits after the point of what is counted in 万 and in 亿: the last is a fen. */
const counted: Record<string, number> = { 万: 6, 亿: 10 }

/** What a person typed ("1,234.5", "￥ 1234", "100万", "1.2亿") as a decimal string, or null. */
export function parseTypedAmount(typed: string): string | null {
  const text = typed.normalize('NFKC').replace(/[\s,_¥]/g, '').replace(/元$/, '')
  const [, sign, whole = '0', fraction = '', unit = ''] = /^(-?)(\d{1,12})(?:\.(\d+))?([万亿])$/.exec(text) ?? []
  const digits = counted[unit]
  if (digits !== undefined) {
    if (fraction.length > digits) return null
    const fen = BigInt(whole + fraction.padEnd(digits, '0'))
    return parseFen(fenToDecimal(sign ? -fen : fen)) === null ? null : fenToDecimal(sign ? -fen : fen)
  }
  const fen = parseFen(text)
  return fen === null ? null : fenToDecimal(fen)
}

const symbols: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', HKD: 'HK$', KZT: '₸', RUB: '₽' }

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** The full amount: ¥1,234,567.89, with a true minus sign. Text that is no amount is given back as it is. */
export function formatMoney(money: Money): string {
  const fen = parseFen(money.amount)
  if (fen === null) return `${money.amount} ${money.currency}`
  const [whole = '0', cents = '00'] = fenToDecimal(fen < 0n ? -fen : fen).split('.')
  const symbol = symbols[money.currency] ?? `${money.currency} `
  return `${fen < 0n ? '−' : ''}${symbol}${group(whole)}.${cents}`
}

function roundHalfUp(value: bigint, unit: bigint): bigint {
  return (value * 2n + unit) / (unit * 2n)
}

/**
 * The amount as people say it: 123.46 万元 and 1.23 亿元 in Chinese, ¥1.23M
 * in English; small amounts stay whole. Rounded half up, for reading only.
 */
export function formatMoneyShort(money: Money, locale: string): string {
  const fen = parseFen(money.amount)
  if (fen === null) return formatMoney(money)
  const positive = fen < 0n ? -fen : fen
  const sign = fen < 0n ? '−' : ''
  const symbol = symbols[money.currency] ?? `${money.currency} `
  const chinese = locale.startsWith('zh')
  const steps: [bigint, string][] = chinese
    ? [[10_000_000_000n, ' 亿元'], [1_000_000n, ' 万元']]
    : [[100_000_000n, 'M'], [1_000_000n, 'k']]
  for (const [unit, name] of steps) {
    // "k" starts at ten thousand as 万 does: ¥9,999.00 reads better in full.
    if (positive < unit) continue
    const divisor = !chinese && name === 'k' ? 100_000n : unit
    const hundredths = roundHalfUp(positive * 100n, divisor)
    const text = trimZeros(fenToDecimal(hundredths))
    const prefix = chinese && money.currency === 'CNY' ? '' : symbol
    const suffix = chinese && money.currency !== 'CNY' ? name.replace('元', '') : name
    return `${sign}${prefix}${text}${suffix}`
  }
  return formatMoney(money)
}

function trimZeros(decimalText: string): string {
  const [whole = '0', cents = '00'] = decimalText.split('.')
  const kept = cents.replace(/0+$/, '')
  return kept ? `${group(whole)}.${kept}` : group(whole)
}

/** Basis points as percent: 7000 → "70%", 3333 → "33.33%". */
export function formatBps(bps: number): string {
  const text = (bps / 100).toFixed(2).replace(/\.?0+$/, '')
  return `${text}%`
}

/** Percent as typed ("33.33", "33.33%") as whole basis points, or null. */
export function parsePercent(typed: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?%?$/.exec(typed.normalize('NFKC').trim())
  if (!match) return null
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}
