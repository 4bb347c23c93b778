import { expect, it } from 'vitest'
import { wholeDigits } from './number'

it.each([
  ['2024', '2024'],
  [' ２０２４ ', '2024'],
  ['2024年', '2024'],
  ['约36个月', '36'],
  ['0', '0'],
  ['', ''],
  ['三', ''],
  ['2020-2024', ''],
  ['2.5', ''],
  ['-3', ''],
  ['1234567890', ''],
])('reads %j as %j', (typed, digits) => expect(wholeDigits(typed)).toBe(digits))
