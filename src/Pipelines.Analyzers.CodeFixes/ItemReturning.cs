using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Analyzers;

/// <summary>Makes an asynchronous lambda that returns its item of what was given to <c>Do</c>.</summary>
internal static class ItemReturning
{
    public static ExpressionSyntax? Of(ExpressionSyntax action) => action switch
    {
        LambdaExpressionSyntax lambda when Parameter(lambda) is { } item => Of(lambda, item),
        IdentifierNameSyntax or MemberAccessExpressionSyntax => Lambda("item", Awaited(SyntaxFactory.InvocationExpression(
            action.WithoutTrivia(), SyntaxFactory.ArgumentList([SyntaxFactory.Argument(SyntaxFactory.IdentifierName("item"))])))),
        _ => null,
    };

    private static LambdaExpressionSyntax? Of(LambdaExpressionSyntax lambda, string item)
    {
        // A block that returns has to be read before it is written.
        if (lambda.Block is { } block)
        {
            return lambda.AsyncKeyword.RawKind == 0 || block.Statements.Count == 0 || Returns(block)
                ? null
                : lambda.WithBlock(block.AddStatements(Behind(block.Statements.Last(), Return(item))));
        }

        ExpressionSyntax body = lambda.ExpressionBody!.WithoutTrivia();
        return Lambda(item, lambda.AsyncKeyword.RawKind == 0 ? Awaited(body) : SyntaxFactory.ExpressionStatement(body));
    }

    private static LambdaExpressionSyntax Lambda(string item, StatementSyntax statement) =>
        (LambdaExpressionSyntax)SyntaxFactory.ParseExpression($"async {item} => {{ {statement.NormalizeWhitespace()} return {item}; }}");

    private static ExpressionStatementSyntax Awaited(ExpressionSyntax task) => SyntaxFactory.ExpressionStatement(SyntaxFactory.AwaitExpression(task));

    private static StatementSyntax Return(string item) => SyntaxFactory.ParseStatement($"return {item};");

    // On a line of its own where the others are; comments stay with their statements.
    private static StatementSyntax Behind(StatementSyntax last, StatementSyntax statement) => statement
        .WithLeadingTrivia(last.GetLeadingTrivia().Reverse().Take(1).Where(IsSpace))
        .WithTrailingTrivia(last.GetTrailingTrivia().Reverse().Take(1).Where(IsSpace));

    private static bool IsSpace(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.EndOfLineTrivia) || trivia.IsKind(SyntaxKind.WhitespaceTrivia);

    private static bool Returns(BlockSyntax block) => block
        .DescendantNodes(node => node is not AnonymousFunctionExpressionSyntax and not LocalFunctionStatementSyntax)
        .Any(node => node is ReturnStatementSyntax);

    private static string? Parameter(LambdaExpressionSyntax lambda) => lambda switch
    {
        SimpleLambdaExpressionSyntax simple => Named(simple.Parameter),
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: { Count: 1 } parameters } => Named(parameters[0]),
        _ => null,
    };

    // A lambda that ignores its item has no name to return it by.
    private static string? Named(ParameterSyntax parameter) => parameter.Identifier.ValueText == "_" ? null : parameter.Identifier.ValueText;
}
