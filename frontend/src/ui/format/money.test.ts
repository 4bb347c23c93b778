import { describe, expect, it } from 'vitest'
import { fenToDecimal, formatBps, formatMoney, formatMoneyShort, parseFen, parsePercent, parseTypedAmount } from './money'

const cny = (amount: string) => ({ amount, currency: 'CNY' })

describe('parseFen', () => {
  it.each([
    ['0', 0n],
    ['1234.5', 123450n],
    ['1234.50', 123450n],
    ['-0.01', -1n],
    ['9999999999999999.99', 999999999999999999n],
  ])('reads %s', (text, fen) => expect(parseFen(text)).toBe(fen))

  it.each(['', '1.234', '1e6', 'abc', '1,000', '.5'])('refuses %j', (text) => expect(parseFen(text)).toBeNull())

  it('is the inverse of fenToDecimal', () => {
    for (const fen of [0n, 1n, 99n, 100n, -1n, -12345n, 100000000000001n]) expect(parseFen(fenToDecimal(fen))).toBe(fen)
  })
})

describe('parseTypedAmount', () => {
  it.each([
    ['1,234.5', '1234.50'],
    ['￥1,000,000', '1000000.00'],
    ['１００', '100.00'],
    ['100万', '1000000.00'],
    ['1.23 万元', '12300.00'],
    ['1.2亿', '120000000.00'],
    ['-2亿元', '-200000000.00'],
    ['0.0000000001 亿', '0.01'],
  ])('understands %s', (typed, amount) => expect(parseTypedAmount(typed)).toBe(amount))

  it.each(['一百', '1.2.3', '', '亿', '0.0000001万', '999999999999亿'])('does not guess at %j', (typed) => expect(parseTypedAmount(typed)).toBeNull())
})

describe('formatMoney', () => {
  it('groups thousands and keeps the fen', () => expect(formatMoney(cny('1234567.89'))).toBe('¥1,234,567.89'))
  it('writes a true minus', () => expect(formatMoney(cny('-5'))).toBe('−¥5.00'))
  it('stays exact beyond the floats', () =>
    expect(formatMoney(cny('9007199254740993.01'))).toBe('¥9,007,199,254,740,993.01'))
})

describe('formatMoneyShort', () => {
  it.each([
    ['1234567.89', 'zh-CN', '123.46 万元'],
    ['1000000', 'zh-CN', '100 万元'],
    ['800000000', 'zh-CN', '8 亿元'],
    ['9999.99', 'zh-CN', '¥9,999.99'],
    ['1234567.89', 'en', '¥1.23M'],
    ['12345', 'en', '¥12.35k'],
    ['-1234567.89', 'zh-CN', '−123.46 万元'],
  ])('%s in %s', (amount, locale, text) => expect(formatMoneyShort(cny(amount), locale)).toBe(text))
})

describe('basis points', () => {
  it.each([
    [7000, '70%'],
    [3333, '33.33%'],
    [10, '0.1%'],
    [0, '0%'],
  ])('%d bps', (bps, text) => expect(formatBps(bps)).toBe(text))

  it.each([
    ['33.33', 3333],
    ['70%', 7000],
    ['0.1', 10],
    ['６０', 6000],
  ])('reads %s', (text, bps) => expect(parsePercent(text)).toBe(bps))

  it.each(['', '33.333', '-1', 'x'])('refuses %j', (text) => expect(parsePercent(text)).toBeNull())
})
