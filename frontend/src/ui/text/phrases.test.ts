import { expect, it } from 'vitest'
import { phrases } from './phrases'

it('lets the line of a title break between words, not in them', () => {
  expect(phrases('光伏农业基地玉米节水栽培技术许可合同')).toEqual(['光伏', '农业', '基地', '玉米', '节水', '栽培', '技术', '许可', '合同'])
  expect(phrases('基于作物需水模型的智能滴灌控制系统')).toEqual(['基于', '作物需水', '模型的', '智能滴灌', '控制', '系统'])
})

it('begins no line with a mark that closes, and ends none with one that opens', () => {
  expect(phrases('玉米新品种“天玉 26”及配套技术')).toEqual(['玉米新', '品种', '“天玉 26”', '及', '配套', '技术'])
})

it('leaves other scripts to the browser, and loses nothing', () => {
  expect(phrases('Smart drip irrigation, TRL 6')).toEqual(['Smart drip irrigation, TRL 6'])
  for (const title of ['', '棉田残膜高效回收与再生利用技术', '−30 ℃ 低温磷酸铁锂电池电解液']) expect(phrases(title).join('')).toBe(title)
})
