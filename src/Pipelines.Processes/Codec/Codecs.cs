using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Pipelines.Processes;

/// <summary>Finds out how a type is carried to another process, or says which member cannot be.</summary>
/// <remarks>
/// <para>In this order: a serializer of the user's; values that are nothing but their bytes; text, arrays and the framework's collections by their items;
/// any other type of the user's by its fields, all of them.</para>
/// <para>Refused, with the path to the member: what has no fixed shape (interfaces, abstract types, <c>object</c>), what is not data (delegates, pointers,
/// handles, what is disposed), and types of the framework that hide what they are.</para>
/// </remarks>
[RequiresUnreferencedCode(Reflection.Reason)]
[RequiresDynamicCode(Reflection.Reason)]
internal sealed class Codecs
{
    // Not before they are wanted: a worker whose items are numbers does without all of this, and starts the sooner.
    private static MethodInfo[]? s_collections;

    private readonly Dictionary<Type, object> _known = [];

    // Their fields are being looked at. Not in the shared table before they are whole.
    private readonly Stack<string> _path = new();

    public Codecs(IReadOnlyList<Type> serializers)
    {
        foreach (Type serializer in serializers)
        {
            foreach (Type item in Serialized(serializer))
            {
                _known[item] = Activator.CreateInstance(typeof(SerializerCodec<>).MakeGenericType(item), Activator.CreateInstance(serializer))!;
            }
        }
    }

    /// <summary>What a serializer is for.</summary>
    public static IEnumerable<Type> Serialized(Type serializer) =>
        serializer.GetInterfaces()
            .Where(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IItemSerializer<>))
            .Select(face => face.GetGenericArguments()[0]);

    /// <exception cref="NotSupportedException">It cannot be carried whole; the message names the member.</exception>
    public Codec<T> For<T>()
    {
        if (_known.Count == 0 && typeof(T).IsPrimitive && typeof(T) != typeof(nint) && typeof(T) != typeof(nuint))
        {
            return new RawCodec<T>();
        }

        _path.Clear();
        return (Codec<T>)Of(typeof(T), TypeName.Of(typeof(T)));
    }

    /// <summary>Values that are nothing but their bytes, down to the last field.</summary>
    public static bool IsRaw(Type type)
    {
        if (type.IsPrimitive || type.IsEnum)
        {
            return type != typeof(nint) && type != typeof(nuint);
        }

        return type.IsValueType && !type.IsByRefLike && !type.IsGenericTypeDefinition && type != typeof(GCHandle)
            && FieldsOf(type).All(field => IsRaw(field.FieldType));
    }

    private object Of(Type type, string name)
    {
        if (_known.TryGetValue(type, out object? known))
        {
            return known;
        }

        _path.Push(name);
        object codec = IsRaw(type) ? Make(typeof(RawCodec<>), type)
            : KnownCodecs.Of(type)
            ?? (type.IsSZArray ? ArrayOf(type.GetElementType()!)
            : Nullable.GetUnderlyingType(type) is { } value ? Make(typeof(NullableCodec<>), value, Of(value, ""))
            : CollectionOf(type) ?? ByFields(type));
        _path.Pop();
        return _known[type] = codec;
    }

    private object ArrayOf(Type item) => _known.ContainsKey(item) || !IsRaw(item)
        ? Make(typeof(ArrayCodec<>), item, Of(item, "[]"))
        : Make(typeof(RawArrayCodec<>), item);

    private object? CollectionOf(Type type)
    {
        if (!type.IsGenericType || !IsOfFramework(type) || Named(type) is not { } make)
        {
            return null;
        }

        Type[] arguments = type.GetGenericArguments();
        Type item = arguments.Length == 2 ? typeof(KeyValuePair<,>).MakeGenericType(arguments) : arguments[0];
        return make.MakeGenericMethod(arguments).Invoke(null, [ArrayOf(item)]);
    }

    // The makers are called as the collections are.
    private static MethodInfo? Named(Type type) => (s_collections ??= typeof(Collections).GetMethods(BindingFlags.Public | BindingFlags.Static)).FirstOrDefault(
        make => make.ReturnType is { IsGenericType: true } codec && codec.GetGenericArguments()[0] is { IsGenericType: true } collection
            && collection.GetGenericTypeDefinition() == type.GetGenericTypeDefinition());

    private object ByFields(Type type)
    {
        if (WhyNot(type) is { } reason)
        {
            throw Refused(type, reason);
        }

        object codec = Make(typeof(FieldsCodec<>), type);
        _known[type] = codec; // a member may be of the same type again
        try
        {
            FieldInfo[] fields = [.. FieldsOf(type)];
            object?[] codecs = [.. fields.Select(field => _known.ContainsKey(field.FieldType) || !IsRaw(field.FieldType)
                ? Of(field.FieldType, Named(field))
                : null)];
            codec.GetType().GetMethod(nameof(FieldsCodec<>.Link))!.Invoke(codec, [fields, codecs]);
        }
        catch
        {
            _known.Remove(type);
            throw;
        }

        return codec;
    }

    private static string? WhyNot(Type type)
    {
        if (type == typeof(object))
        {
            return "may be anything: declare it as what it is";
        }

        if (type.IsInterface || type.IsAbstract)
        {
            return "is abstract, so that nobody over there knows what to make: declare it as what it is";
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return "is code, and what it refers to stays here";
        }

        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint) || type == typeof(GCHandle))
        {
            return "is an address or a handle, which means nothing in another process";
        }

        if (type.IsArray)
        {
            return "has several dimensions: use arrays of arrays";
        }

        if (type.IsByRefLike)
        {
            return "lives on the stack only";
        }

        for (Type? of = type; of is not null && of != typeof(object) && of != typeof(ValueType); of = of.BaseType)
        {
            if (IsOfFramework(of) && !IsTuple(of))
            {
                return of == type
                    ? "hides what it is made of: send what it is made from, or give ProcessWorkers.Serializers an IItemSerializer for it"
                    : $"derives from {TypeName.Of(of)}, which hides what it is made of";
            }

            if (of.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly, []) is not null)
            {
                return "has a finalizer, so it holds something that stays here";
            }
        }

        return type.IsClass && (typeof(IDisposable).IsAssignableFrom(type) || typeof(IAsyncDisposable).IsAssignableFrom(type))
            ? "is disposed, so it holds something that stays here"
            : null;
    }

    private static bool IsTuple(Type type) =>
        typeof(ITuple).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    private static bool IsOfFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Assembly.GetName().Name is { } name
            && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    // The most basic first, each in the order of its declaration: the same on both sides, which are the same build.
    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        (type.BaseType is { } of && of != typeof(object) && of != typeof(ValueType) ? FieldsOf(of) : [])
            .Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .OrderBy(field => field.MetadataToken));

    private static string Named(FieldInfo field) =>
        field.Name is ['<', .. var rest] ? rest[..rest.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static object Make(Type codec, Type type, params object[] arguments) => Activator.CreateInstance(codec.MakeGenericType(type), arguments)!;

    private NotSupportedException Refused(Type type, string reason)
    {
        string path = string.Join(".", _path.Reverse().Where(part => part.Length > 0)).Replace(".[]", "[]", StringComparison.Ordinal);
        return new NotSupportedException($"{path} cannot be carried to another process: {TypeName.Of(type)} {reason}.");
    }
}
