/** What the tables hold and the finished pages do not document. */
export function documentationProblems(_pages: ReadonlyMap<string, string>): string[] {
  return [];
}
