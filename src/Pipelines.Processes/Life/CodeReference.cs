using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace Pipelines.Processes;

/// <summary>Which method a delegate stands for, so that another process of the same program finds it: assembly, version of its module, token.</summary>
internal sealed class CodeReference
{
    public required string Delegate { get; init; }

    public required string Assembly { get; init; }

    public required Guid Module { get; init; }

    public required int Token { get; init; }

    /// <summary>The type that it is called on, when a compiler put a delegate without captures into an object of its own; else null.</summary>
    public string? Target { get; init; }

    public required string[] TypeArguments { get; init; }

    public required string[] MethodArguments { get; init; }

    /// <exception cref="NotSupportedException">The delegate refers to something of this process.</exception>
    [RequiresUnreferencedCode(Reflection.Reason)]
    public static CodeReference To(Delegate work, string block)
    {
        if (!work.HasSingleTarget)
        {
            throw new NotSupportedException($"{block}: a delegate of several methods cannot be sent to a worker process. Give it one static method.");
        }

        MethodInfo method = work.Method;
        Type? declaring = method.DeclaringType;
        if (declaring is null || method.Module.Assembly.IsDynamic || method is System.Reflection.Emit.DynamicMethod)
        {
            throw new NotSupportedException(
                $"{block}: code that was made at run time cannot be sent to a worker process, which does not have it. Give it a static method.");
        }

        if (work.Target is { } target && (method.IsStatic || !IsWithoutState(target.GetType())))
        {
            throw new NotSupportedException(Captures(target, method, block));
        }

        return new CodeReference
        {
            Delegate = work.GetType().AssemblyQualifiedName!,
            Assembly = method.Module.Assembly.FullName!,
            Module = method.Module.ModuleVersionId,
            Token = method.MetadataToken,
            Target = work.Target?.GetType().AssemblyQualifiedName,
            TypeArguments = Names(declaring.IsGenericType ? declaring.GetGenericArguments() : []),
            MethodArguments = Names(method.IsGenericMethod ? method.GetGenericArguments() : []),
        };
    }

    /// <summary>The delegate, in the worker process.</summary>
    [RequiresUnreferencedCode(Reflection.Reason)]
    [RequiresDynamicCode(Reflection.Reason)]
    public Delegate Resolve()
    {
        Assembly assembly = System.Reflection.Assembly.Load(new AssemblyName(Assembly));
        Module module = assembly.ManifestModule;
        if (module.ModuleVersionId != Module)
        {
            throw new InvalidOperationException(
                $"The worker process has another build of {assembly.GetName().Name} than its parent ({module.ModuleVersionId} and not {Module}): it was " +
                "replaced while the parent ran. Start the program again.");
        }

        var method = (MethodInfo)module.ResolveMethod(Token, Types(TypeArguments), Types(MethodArguments))!;
        if (method.IsGenericMethodDefinition)
        {
            method = method.MakeGenericMethod(Types(MethodArguments));
        }

        if (method.DeclaringType is { IsGenericTypeDefinition: true } open)
        {
            Type closed = open.MakeGenericType(Types(TypeArguments));
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, closed.TypeHandle)!;
        }

        Type type = Find(Delegate);
        return Target is null
            ? System.Delegate.CreateDelegate(type, method)
            : System.Delegate.CreateDelegate(type, RuntimeHelpers.GetUninitializedObject(Find(Target)), method);
    }

    /// <summary>A type by its name; the assemblies of the program are found where the parent found them.</summary>
    [RequiresUnreferencedCode(Reflection.Reason)]
    public static Type Find(string name) => Type.GetType(name, throwOnError: true)!;

    /// <summary>Where else assemblies are looked for: beside those that the parent had loaded.</summary>
    [RequiresUnreferencedCode(Reflection.Reason)]
    public static void LookIn(string[] folders) => AssemblyLoadContext.Default.Resolving += (context, name) =>
        folders.Select(folder => Path.Combine(folder, name.Name + ".dll")).FirstOrDefault(File.Exists) is { } path ? context.LoadFromAssemblyPath(path) : null;

    public static void Write(ref ItemWriter writer, CodeReference? code)
    {
        writer.WriteText(code?.Delegate);
        if (code is not null)
        {
            writer.WriteText(code.Assembly);
            writer.WriteRaw(code.Module);
            writer.WriteRaw(code.Token);
            writer.WriteText(code.Target);
            writer.WriteText(string.Join('\n', code.TypeArguments));
            writer.WriteText(string.Join('\n', code.MethodArguments));
        }
    }

    public static CodeReference? Read(ref ItemReader reader) => reader.ReadText() is not { } type ? null : new()
    {
        Delegate = type,
        Assembly = reader.ReadText()!,
        Module = reader.ReadRaw<Guid>(),
        Token = reader.ReadRaw<int>(),
        Target = reader.ReadText(),
        TypeArguments = Split(reader.ReadText()!),
        MethodArguments = Split(reader.ReadText()!),
    };

    // What a compiler makes for a lambda that captures nothing: a class without fields.
    [RequiresUnreferencedCode(Reflection.Reason)]
    private static bool IsWithoutState(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && Fields(type).Length == 0;

    [RequiresUnreferencedCode(Reflection.Reason)]
    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    [RequiresUnreferencedCode(Reflection.Reason)]
    private static string Captures(object target, MethodInfo method, string block)
    {
        Type type = target.GetType();
        const string Instead = "Write it static, and put what it needs into the items or into what createWorker makes.";
        return type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            ? $"{block} captures {string.Join(", ", Fields(type).Select(Captured))}: a worker process has none of that. {Instead}"
            : $"{block} is {TypeName.Of(type)}.{method.Name} bound to an object of this process: a worker process does not have it. {Instead}";
    }

    private static string Captured(FieldInfo field) => field.Name.EndsWith("__this", StringComparison.Ordinal) ? "this" : field.Name;

    private static string[] Names(Type[] types) => [.. types.Select(type => type.AssemblyQualifiedName!)];

    [RequiresUnreferencedCode(Reflection.Reason)]
    private static Type[] Types(string[] names) => [.. names.Select(Find)];

    private static string[] Split(string names) => names.Length == 0 ? [] : names.Split('\n');
}
