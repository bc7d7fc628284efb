/** The scenario language as Langium services: lexer, parser, syntax tree. Language servers build on the same module. */
import {
  AbstractParserErrorMessageProvider,
  EmptyFileSystem,
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  inject,
} from 'langium';
import type { LangiumCoreServices, LangiumSharedCoreServices, Module, PartialLangiumCoreServices } from 'langium';
import { GmapGeneratedModule, GmapGeneratedSharedModule } from './generated/module.js';
import { GmapLexer, GmapTokenBuilder } from './lexer.js';
import { createGmapParser } from './parser.js';

type ErrorMessages = LangiumCoreServices['parser']['ParserErrorMessageProvider'];
type Arguments<K extends keyof ErrorMessages> = Parameters<ErrorMessages[K]>[0];

/**
 * The "message" of a parser error is the list of what was expected, one token name a line: syntax-errors.ts makes the
 * sentence, since only there the whole line and the other errors are known.
 */
class ExpectedTokens extends AbstractParserErrorMessageProvider {
  override buildMismatchTokenMessage(options: Arguments<'buildMismatchTokenMessage'>): string {
    return options.expected.name;
  }
  override buildNotAllInputParsedMessage(_options: Arguments<'buildNotAllInputParsedMessage'>): string {
    return 'EOF';
  }
  override buildNoViableAltMessage(options: Arguments<'buildNoViableAltMessage'>): string {
    return firstTokens(options.expectedPathsPerAlt.flat());
  }
  override buildEarlyExitMessage(options: Arguments<'buildEarlyExitMessage'>): string {
    return firstTokens(options.expectedIterationPaths);
  }
}

function firstTokens(paths: readonly (readonly { name: string }[])[]): string {
  return [...new Set(paths.flatMap((path) => path.slice(0, 1).map((token) => token.name)))].join('\n');
}

/** What the language adds to Langium's defaults. */
export const GmapModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: {
    TokenBuilder: () => new GmapTokenBuilder(),
    Lexer: (services) => new GmapLexer(services),
    LangiumParser: (services) => createGmapParser(services),
    ParserErrorMessageProvider: () => new ExpectedTokens(),
  },
};

export interface GmapServices {
  readonly shared: LangiumSharedCoreServices;
  readonly gmap: LangiumCoreServices;
}

/** New services; `more` adds to them, or takes the place of some. */
export function createGmapServices(more: Module<LangiumCoreServices, PartialLangiumCoreServices> = {}): GmapServices {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), GmapGeneratedSharedModule);
  const gmap = inject(createDefaultCoreModule({ shared }), GmapGeneratedModule, GmapModule, more);
  shared.ServiceRegistry.register(gmap);
  return { shared, gmap };
}

let services: GmapServices | undefined;

/** The services used where no language server brings its own. Made at the first use: building a parser takes time. */
export function gmapServices(): GmapServices {
  services ??= createGmapServices();
  return services;
}
