import { expect, it } from 'vitest'
import { readThreshold } from './threshold'

it.each([
  ['99.5', undefined, '99.5', ''],
  ['≥99.5%', '>=', '99.5', '%'],
  ['⩾ 280 Wh/kg', '>=', '280', 'Wh/kg'],
  ['不低于 95 %', '>=', '95', '%'],
  ['＜5 ppm', '<=', '5', 'ppm'],
  ['95%以上', '>=', '95', '%'],
  ['5000 次及以上', '>=', '5000', '次'],
  ['2 mm以内', '<=', '2', 'mm'],
  ['30分钟或以下', '<=', '30', '分钟'],
  ['大于或等于 99.9%', '>=', '99.9', '%'],
  ['不多于3个', '<=', '3', '个'],
  ['less than 5 ppm', '<=', '5', 'ppm'],
  ['−20℃', undefined, '-20', '℃'],
  ['±0.02mm', '<=', '0.02', 'mm'],
  ['2万吨/年', undefined, '20000', '吨/年'],
  ['1.25 亿', undefined, '125000000', ''],
  ['10⁵ 次', undefined, '100000', '次'],
  ['1.2×10^3', undefined, '1200', ''],
  ['１,２００．５', undefined, '1200.5', ''],
  ['15 000 h', undefined, '15000', 'h'],
  ['≥ 1\u2009250\u2009000', '>=', '1250000', ''],
  ['零下 20 ℃', undefined, '-20', '℃'],
  ['–25℃', undefined, '-25', '℃'],
  ['no less than 95 %', '>=', '95', '%'],
  ['98 % or more', '>=', '98', '%'],
  ['maximum 3 bar', '<=', '3', 'bar'],
  ['3 years or more', '>=', '3', 'years'],
  ['within 5 min', '<=', '5', 'min'],
  ['0.00012×10^4 m³/h', undefined, '1.2', 'm³/h'],
])('reads %s', (typed, operator, threshold, unit) => expect(readThreshold(typed)).toEqual({ operator, threshold, unit }))

it.each(['', '≥', '12 3456', '零下20~60℃', '-40~85℃', '200–300', '80至90 %', '1:3', '1/3', 'IP67', '很高', '100 x 200 mm', '10-5', '5 mm左右'])('takes no one number out of %s', (typed) => expect(readThreshold(typed)).toBeUndefined())
