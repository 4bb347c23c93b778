import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import SplitBar from './SplitBar.vue'

it('draws no two of many parts alike, and each as the legend has it', () => {
  const parts = Array.from({ length: 21 }, (_, index) => ({ key: String(index), label: `第 ${index + 1} 项`, size: 1, figure: '' }))
  const bar = mount(SplitBar, { props: { parts, label: '权重' } })
  const drawn = (what: string) => bar.findAll(what).map((each) => `${each.attributes('data-series')} ${each.attributes('data-pattern')}`)
  expect(new Set(drawn('.piece')).size).toBe(parts.length)
  expect(drawn('.swatch')).toEqual(drawn('.piece'))
})
