import { useI18n } from 'vue-i18n'
import type { Schema } from '@/api/client'
import { toProblem } from '@/api/problem'
import { useProblemText } from '@/ui/feedback/useProblemText'
import { useToast } from '@/ui/feedback/useToast'
import { useMatchFeedback, type Match } from './matches'

type Said = Schema<'MatchFeedbackForm'> | null

/** What was said of a match, as it is said again. */
export function saidOf({ feedback, feedback_code, feedback_reason }: Match): Said {
  return feedback ? { verdict: feedback, reason_code: feedback_code, reason: feedback_reason } : null
}

/** Says something of a match, or nothing any more, and offers to undo it: then what was said before holds again. */
export function useMatchOpinion() {
  const { t } = useI18n()
  const feedback = useMatchFeedback()
  const toast = useToast()
  const problemText = useProblemText()

  async function undo(id: string, before: Said): Promise<void> {
    try {
      await feedback.mutateAsync({ id, said: before })
      toast.done(t('match.undone'))
    } catch (error) {
      toast.failed(problemText.title(toProblem(error)))
    }
  }
  /** Throws what the server answers where it is not said. */
  async function say(match: Match, said: Said, done: string): Promise<void> {
    const before = saidOf(match)
    await feedback.mutateAsync({ id: match.id, said })
    toast.done(done, { label: t('match.undo'), run: () => undo(match.id, before) })
  }
  return { say, pending: feedback.isPending }
}
