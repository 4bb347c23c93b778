import { computed, type Ref } from 'vue'
import type { Schema } from '@/api/client'
import { useTaxonomies } from '@/features/taxonomy/useTaxonomies'
import { useLocalText } from '@/ui/text/localText'

/** The components of a package with what its page adds to each: by what name it goes, whose it is, whether it is to be had. */
export function useComponents(value: Ref<Pick<Schema<'Package'>, 'component_titles' | 'owners' | 'places'> & { content: { components?: Schema<'Component'>[] } }>) {
  const { name } = useTaxonomies()
  const text = useLocalText()
  return computed(() =>
    (value.value.content.components ?? []).map((component, index) => {
      const owner = value.value.owners?.find((each) => each.id === component.owner_organisation_id)
      const title = text(value.value.component_titles?.[index]) || component.title || name('component_kind', component.kind)
      return { ...component, title, owner: owner ? text(owner.name) : '', place: value.value.places?.[index] }
    }),
  )
}
