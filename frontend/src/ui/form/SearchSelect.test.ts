import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import { ElOption, ElSelect } from '@/ui/element/select'
import SearchSelect from './SearchSelect.vue'

vi.mock('@/ui/element/select', () => import('element-plus')) // without the style sheets, which only a browser reads

const regions = [
  { value: '130000', label: '河北省' },
  { value: '130100', label: '石家庄市', hint: '河北省' },
  { value: '650000', label: '新疆维吾尔自治区' },
  { value: '652300', label: '昌吉回族自治州', hint: '新疆维吾尔自治区' },
]

async function foundBy(words: string, options = regions): Promise<string[]> {
  const select = mount(SearchSelect, { props: { label: '地区', path: 'region', options, modelValue: '' }, global: { plugins: [i18n] } })
  const filter = select.getComponent(ElSelect).props('filterMethod') as (words: string) => void
  filter(words)
  await select.vm.$nextTick()
  return select.findAllComponents(ElOption).map((each) => String(each.props('value')))
}

describe('a choice of a long list', () => {
  it('is no answer once it was cleared, and no hole in the form', async () => {
    const select = mount(SearchSelect, { props: { label: '地区', path: 'region', options: regions, modelValue: '130000' }, global: { plugins: [i18n] } })
    await select.get('.el-select').trigger('mouseenter')
    await select.get('.el-select__clear').trigger('click')
    expect(select.emitted('update:modelValue')).toEqual([['']])
  })

  it('is found by its own name', async () => {
    expect(await foundBy('昌吉')).toEqual(['652300'])
  })

  it('is found by the name of the whole, which stands before its parts', async () => {
    expect(await foundBy('新疆')).toEqual(['650000', '652300'])
  })

  it('stands before others where its name begins with what was typed', async () => {
    const abroad = [
      { value: '152500', label: 'Xilingol', hint: 'Inner Mongolia' },
      { value: '220000', label: 'Jilin' },
      { value: '654000', label: 'Ili', hint: 'Xinjiang' },
    ]
    expect(await foundBy('ili', abroad)).toEqual(['654000', '152500', '220000'])
  })

  it('stands in the whole list where nothing was typed', async () => {
    expect(await foundBy(' ')).toEqual(regions.map((each) => each.value))
  })
})
