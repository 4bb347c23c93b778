import { describe, expect, it } from 'vitest'
import { formatDate, formatDateTime, formatRelative, today } from './date'

describe('dates', () => {
  it('writes a civil date in both languages', () => {
    expect(formatDate('2026-11-23', 'zh-CN')).toBe('2026年11月23日')
    expect(formatDate('2026-11-23', 'en')).toBe('23 November 2026')
  })

  it('puts an instant on the calendar of Shanghai', () => {
    expect(formatDate('2026-11-22T16:30:00Z', 'zh-CN')).toBe('2026年11月23日')
    expect(formatDateTime('2026-11-22T16:30:00Z', 'zh-CN')).toBe('2026年11月23日 00:30')
  })

  it('gives back what is no date', () => expect(formatDate('soon', 'en')).toBe('soon'))

  it('says how far an instant is', () => {
    const now = Date.parse('2026-11-23T00:00:00Z')
    expect(formatRelative('2026-11-20T00:00:00Z', 'zh-CN', now)).toBe('3天前')
    expect(formatRelative('2026-11-23T02:00:00Z', 'en', now)).toBe('in 2 hours')
    expect([formatRelative('2026-11-22T23:59:30Z', 'zh-CN', now), formatRelative('2026-11-22T23:59:30Z', 'en', now)]).toEqual(['刚刚', 'just now'])
    expect(formatRelative('2026-11-23T00:00:30Z', 'en', now)).toBe('within a minute')
    expect(formatRelative('2026-11-27T23:59:50Z', 'zh-CN', now)).toBe('5天后')
    expect(formatRelative('2026-11-18T00:00:10Z', 'zh-CN', now)).toBe('4天前')
    expect(formatRelative('2026-11-23T00:59:50Z', 'en', now)).toBe('in 1 hour')
    expect(formatRelative('2026-12-22T23:00:00Z', 'en', now)).toBe('next month')
  })

  it('knows which day it is in Shanghai', () => {
    expect(today(Date.parse('2026-11-23T15:59:59Z'))).toBe('2026-11-23')
    expect(today(Date.parse('2026-11-23T16:00:00Z'))).toBe('2026-11-24')
  })
})
