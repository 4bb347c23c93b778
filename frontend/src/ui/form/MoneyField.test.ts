import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { i18n } from '@/i18n'
import { provideFaults, type FormFaults } from './faults'
import MoneyField from './MoneyField.vue'

/** The question for a price in a form, and the form's faults. */
function form() {
  let faults: FormFaults | undefined
  const wrapper = mount(
    { components: { MoneyField }, setup: () => ((faults = provideFaults()), { amount: ref('') }), template: '<MoneyField v-model="amount" label="价格" path="price" />' },
    { global: { plugins: [i18n] } },
  )
  const input = wrapper.get('input')
  const told = () => wrapper.findAll('p').map((each) => each.text())
  return { faults: faults!, input, told }
}

it('says what an amount looks like once something else has been typed, and not while it is', async () => {
  const { input, told } = form()
  await input.setValue('一百万')
  expect(told()).toEqual([])
  await input.trigger('blur')
  expect(told()).toEqual(['请写成数字，例如 350万、1.2亿 或 1234.50。'])
  expect(input.attributes('aria-invalid')).toBe('true')
  await input.setValue('100万')
  await input.trigger('blur')
  expect(told()).toEqual([])
  expect(input.element.value).toBe('1000000.00')
})

it('has beside it what the server says of its amount', async () => {
  const { faults, told } = form()
  faults.set([{ path: 'price.amount', code: 'out_of_range' }])
  await nextTick()
  expect(told()).toEqual([i18n.global.t('problem.field.out_of_range')])
})
