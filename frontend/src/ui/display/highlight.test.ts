import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import HighlightText from './HighlightText.vue'
import { splitHighlights } from './highlight'

it('splits at the marks', () => {
  expect(splitHighlights('锂<mark>电池</mark>材料')).toEqual([
    { text: '锂', marked: false },
    { text: '电池', marked: true },
    { text: '材料', marked: false },
  ])
})

it('never lets other markup through', () => {
  const wrapper = mount(HighlightText, { props: { text: '<img src=x onerror=alert(1)><mark>电池</mark>' } })
  expect(wrapper.find('img').exists()).toBe(false)
  expect(wrapper.find('mark').text()).toBe('电池')
  expect(wrapper.text()).toContain('<img')
})
