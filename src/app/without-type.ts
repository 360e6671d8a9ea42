/** What a line of a journal says, without what kind of line it is. */
export function withoutType<Entry extends { readonly type: string }>(entry: Entry): Omit<Entry, 'type'> {
  const { type, ...rest } = entry
  void type
  return rest
}
