import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { i18n } from '@/i18n'
import TagInput from './TagInput.vue'

function field(given: string[], max: number) {
  const tags = ref(given)
  const Form = defineComponent({
    setup: () => () => h(TagInput, { label: '关键词', path: 'keywords', max, modelValue: tags.value, 'onUpdate:modelValue': (now: string[]) => (tags.value = now) }),
  })
  const wrapper = mount(Form, { global: { plugins: [i18n] }, attachTo: document.body })
  return { tags, wrapper, input: wrapper.get<HTMLInputElement>('[data-path] input') }
}

it('keeps the words beyond the number where they were typed, and says so', async () => {
  const { tags, wrapper, input } = field([], 2)
  await input.setValue('电池、钙钛矿，储能;氢')
  await input.trigger('keydown', { key: 'Enter' })
  expect(tags.value).toEqual(['电池', '钙钛矿'])
  expect(input.element.value).toBe('储能、氢')
  expect(wrapper.get('[role=alert]').text()).toContain('最多 2 个')

  await wrapper.get('[aria-label="移除电池"]').trigger('click')
  expect(document.activeElement).toBe(input.element)
  await input.trigger('keydown', { key: 'Enter' })
  expect(tags.value).toEqual(['钙钛矿', '储能'])
  await input.setValue('')
  expect(wrapper.find('[role=alert]').exists()).toBe(false)
})

it('adds nothing by the Enter that ends a composition, in Safari neither', async () => {
  const { tags, input } = field([], 2)
  await input.setValue('dian')
  await input.trigger('keydown', { key: 'Enter', isComposing: true })
  await input.trigger('keydown', { key: 'Enter', keyCode: 229 })
  expect(tags.value).toEqual([])
})
