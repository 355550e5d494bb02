import { describe, expect, test } from '@jest/globals';
import { EMPTY_DRAFT, readDraft } from '../../../src/teams/views/raise.ts';
import { loadExampleTrust } from '../../guidance/example-trust.ts';

const organisation = loadExampleTrust();
const DRAFT = { ...EMPTY_DRAFT, department: 'ward-1', aboutSenior: 'no', yourName: 'kept' };

function problemsOf(name: string, description: string): readonly string[] {
  return readDraft({ organisation, name }, { ...DRAFT, description }, true).problems;
}

describe('one’s own name beside a kept name is found, however Teams shows it', () => {
  test.each([
    ['Grace Okafor', 'I am grace  OKAFOR and I saw it.'],
    ['OKAFOR, Grace (EXAMPLE TRUST)', 'I am Grace Okafor and I saw it.'],
    ['OKAFOR, Grace (EXAMPLE TRUST)', 'Okafor, Grace, ward 9.'],
    ['Grace Mary Okafor', 'Write to grace.okafor@example.org.'],
    ['Siobhán O’Brien', "It is Siobhan O'Brien here."],
    ['Teresa', 'Teresa saw it.'],
  ])('as “%s” in “%s”', (name, description) => {
    expect(problemsOf(name, description)).toEqual([
      'Your name is in what you wrote. Take it out, or choose to show your name.',
    ]);
  });

  test.each([
    ['OKAFOR, Grace (EXAMPLE TRUST)', 'Somebody films at Example Trust, by the grace of the ward.'],
    ['Grace Okafor', 'A patient called Grace is being filmed.'],
    ['Teresa', 'He reads about Mother Teresas.'],
  ])('and “%s” is not in “%s”', (name, description) => {
    expect(problemsOf(name, description)).toEqual([]);
  });
});
