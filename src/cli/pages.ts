/** Items of one page; larger ones would only be cut again by the API's own limit. */
const PAGE_SIZE_MAX = 1_000;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
}

/** The first `limit` items of a list that the API gives in pages. */
export async function readPages<Item>(
  limit: number,
  read: (page: { readonly pageSize: number; readonly pageToken: string }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let pageToken = '';
  do {
    const page = await read({ pageSize: Math.min(limit - items.length, PAGE_SIZE_MAX), pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && items.length < limit);
  return items.slice(0, limit);
}
