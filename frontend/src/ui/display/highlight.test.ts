import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import HighlightText from './HighlightText.vue'
import { splitMarks } from './highlight'

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
