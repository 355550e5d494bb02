import { useEffect, useRef, useState } from 'react';
import type { QueryOf } from '../../../web/desk/contract.ts';
import { useCount } from '../../queries.ts';
import type { List } from './use-list.ts';
import { OPEN } from './view.ts';

/** "37 open of 1,204", of what fits the filters; empty while that is not known. */
export function useCountInWords(query: QueryOf<'register'>, { rows, first, more }: List): string {
  const total = first?.total ?? undefined;
  const asked = query.status?.split(',');
  const isOpenAsked = asked === undefined || OPEN.some((status) => asked.includes(status));
  const isAllOpen = asked !== undefined && !asked.includes('closed');
  const firstClosed = rows?.findIndex(({ status }) => status === 'closed') ?? -1;
  const isSeen = firstClosed >= 0 || !more.exists;
  const open = OPEN.filter((status) => asked?.includes(status) ?? true).join(',');
  const counted = useCount({ ...query, status: open }, rows !== undefined && isOpenAsked && !isAllOpen && !isSeen);
  if (rows === undefined || total === undefined) return '';
  if (isAllOpen) return inWords(total, total);
  if (isSeen) return inWords(firstClosed >= 0 ? firstClosed : total, total);
  return inWords(isOpenAsked ? counted : 0, total);
}

function inWords(open: number | undefined, total: number): string {
  const number = (value: number): string => value.toLocaleString('en-GB');
  if (total === 0) return 'No referrals';
  if (open === undefined) return `${number(total)} referrals`;
  if (open === total) return `${number(open)} open`;
  return open === 0 ? `${number(total)} closed` : `${number(open)} open of ${number(total)}`;
}

/**
 * The words as they are once something else was asked for, and not with each change after that: they are read out.
 * @param asked names what was asked for.
 * @param isThere whether the answer is there.
 */
export function useWordsAfterChange(words: string, asked: string, isThere: boolean): string {
  const [said, setSaid] = useState('');
  const saidFor = useRef(asked);
  useEffect(() => {
    if (!isThere || words === '' || saidFor.current === asked) return;
    saidFor.current = asked;
    setSaid(words);
  }, [words, asked, isThere]);
  return said;
}
