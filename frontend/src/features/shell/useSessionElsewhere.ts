import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { onSessionElsewhere } from '@/features/account/queries/session'
import { useToast } from '@/ui/feedback/useToast'
import { useLocalText } from '@/ui/text/localText'

/** Says for whom one acts now, where that was changed in another tab: what is done here from then on is done so. */
export function useSessionElsewhere(): void {
  const { t } = useI18n()
  const text = useLocalText()
  const toast = useToast()
  onScopeDispose(
    onSessionElsewhere(({ name, organisations, acting_organisation_id: acting }) => {
      const organisation = organisations?.find(({ id }) => id === acting)
      toast.done(t('shell.changedElsewhere', { person: name ?? '', name: organisation ? text(organisation.name) : t('shell.oneself') }))
    }),
  )
}
