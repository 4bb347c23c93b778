import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import HighlightText from './HighlightText.vue'
import { fromFirstMark, splitMarks } from './highlight'

describe('splitMarks', () => {
  it('cuts at the marks', () => {
    expect(splitMarks({ text: '锂电池材料', marks: [[1, 3]] })).toEqual([
      { text: '锂', marked: false },
      { text: '电池', marked: true },
      { text: '材料', marked: false },
    ])
  })

  it('counts code points, not UTF-16 units', () => {
    expect(splitMarks({ text: '𠮷电池', marks: [[1, 3]] }).map((piece) => piece.text)).toEqual(['𠮷', '电池'])
  })

  it('keeps the whole text whatever the marks say', () => {
    const marks = [[3, 9], [0, 2], [1, 4], [5, 5], [-2, 1]]
    expect(splitMarks({ text: '锂电池材料', marks }).map((piece) => piece.text).join('')).toBe('锂电池材料')
  })
})

describe('fromFirstMark', () => {
  const abstract = '融合土壤墒情、气象预报与卫星遥感，按作物生育期逐日计算需水量，经阀控执行，支持离线运行。'
  const marked = (text: string, word: string) => ({ text, marks: [[Array.from(text.split(word)[0] ?? '').length, Array.from(text.split(word)[0] ?? '').length + Array.from(word).length]] })
  const shown = (text: string, word: string, room: number) => splitMarks(fromFirstMark(marked(text, word), room)).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text)).join('')

  it('leaves a text whose mark is in sight', () => {
    expect(fromFirstMark(marked(abstract, '土壤'), 60)).toEqual(marked(abstract, '土壤'))
    expect(fromFirstMark({ text: abstract }, 10)).toEqual({ text: abstract })
  })

  it('begins with the clauses before the mark that are near', () => {
    expect(shown(abstract, '阀控', 48)).toBe('…经[阀控]执行，支持离线运行。')
    expect(shown(abstract, '阀控', 62)).toBe('…按作物生育期逐日计算需水量，经[阀控]执行，支持离线运行。')
  })

  it('cuts a long clause where it must', () => expect(shown('面向干旱半干旱地区盐碱地棉花的灌溉处方', '灌溉', 20)).toBe('…碱地棉花的[灌溉]处方'))

  it('cuts no word', () => expect(shown('Soil moisture and weather are fused with remote sensing; valves do it', 'valves', 40)).toBe('…remote sensing; [valves] do it'))

  it('counts Han beyond the first plane as one', () => expect(shown('𠮷𠮷𠮷𠮷𠮷𠮷，电池', '电池', 8)).toBe('…[电池]'))
})

const global = { plugins: [createI18n({ legacy: false, locale: 'zh-CN' })] }

it('says what language a text is in where it is not the page\'s', () => {
  const langOf = (text: string) => mount(HighlightText, { global, props: { value: { text } } }).attributes('lang')
  expect([langOf('Drip irrigation'), langOf('智能滴灌')]).toEqual(['en', undefined])
})

it('never lets markup of a listing through', () => {
  const wrapper = mount(HighlightText, { global, props: { value: { text: '<img src=x onerror=alert(1)>电池', marks: [[28, 30]] } } })
  expect(wrapper.find('img').exists()).toBe(false)
  expect(wrapper.find('mark').text()).toBe('电池')
  expect(wrapper.text()).toContain('<img')
})
