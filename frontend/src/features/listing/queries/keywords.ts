/** The keywords of a listing in a language; those of the other where it has none. */
export function keywordsIn(language: string, content: { keywords_zh?: string[]; keywords_en?: string[] } | undefined): string[] {
  return (language === 'en' ? content?.keywords_en : content?.keywords_zh) ?? content?.keywords_zh ?? content?.keywords_en ?? []
}
