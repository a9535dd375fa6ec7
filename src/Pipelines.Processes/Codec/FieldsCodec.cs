using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;

namespace Pipelines.Processes;

/// <summary>A type by its fields, all of them: private ones and those of its bases too, in a fixed order. No constructor runs over there.</summary>
[RequiresUnreferencedCode(Reflection.Reason)]
[RequiresDynamicCode(Reflection.Reason)]
internal sealed class FieldsCodec<T> : Codec<T>
{
    private static readonly bool s_isClass = !typeof(T).IsValueType;

    private object?[] _members = [];
    private WriteFields _write = null!;
    private ReadFields _read = null!;

    private delegate void WriteFields(object?[] members, ref ItemWriter writer, in T value);

    private delegate void ReadFields(object?[] members, ref ItemReader reader, ref T value);

    /// <summary>When the codecs of its fields are known: they may contain this one.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="codecs">Their codecs; null where the field is nothing but its bytes.</param>
    public void Link(FieldInfo[] fields, object?[] codecs)
    {
        _members = codecs;
        _write = EmitWrite(fields, codecs);
        _read = EmitRead(fields, codecs);
    }

    public override void Write(ref ItemWriter writer, in T value)
    {
        if (s_isClass)
        {
            if (value is null)
            {
                writer.WriteByte(0);
                return;
            }

            if (value.GetType() != typeof(T))
            {
                throw new NotSupportedException(
                    $"A {TypeName.Of(value.GetType())} is in the place of a {TypeName.Of(typeof(T))}: what it has beyond that would be lost. Declare the " +
                    "member or the item as what it is.");
            }

            writer.WriteByte(1);
            writer.Enter(typeof(T));
        }

        _write(_members, ref writer, value);
        if (s_isClass)
        {
            writer.Leave();
        }
    }

    public override T Read(ref ItemReader reader)
    {
        T value = default!;
        if (s_isClass)
        {
            if (reader.ReadByte() == 0)
            {
                return value;
            }

            RuntimeHelpers.EnsureSufficientExecutionStack();
            value = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        }

        _read(_members, ref reader, ref value);
        return value;
    }

    private static WriteFields EmitWrite(FieldInfo[] fields, object?[] codecs)
    {
        var method = new DynamicMethod(
            "Write", null, [typeof(object?[]), typeof(ItemWriter).MakeByRefType(), typeof(T).MakeByRefType()], typeof(T).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        for (int i = 0; i < fields.Length; i++)
        {
            Type type = fields[i].FieldType;
            if (codecs[i] is not null)
            {
                LoadCodec(il, i, type);
            }

            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            if (s_isClass)
            {
                il.Emit(OpCodes.Ldind_Ref);
            }

            il.Emit(OpCodes.Ldflda, fields[i]);
            if (codecs[i] is not null)
            {
                il.Emit(OpCodes.Callvirt, typeof(Codec<>).MakeGenericType(type).GetMethod(nameof(Codec<>.Write))!);
            }
            else
            {
                il.Emit(OpCodes.Call, typeof(ItemWriter).GetMethod(nameof(ItemWriter.WriteRaw))!.MakeGenericMethod(type));
            }
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<WriteFields>();
    }

    private static ReadFields EmitRead(FieldInfo[] fields, object?[] codecs)
    {
        var method = new DynamicMethod(
            "Read", null, [typeof(object?[]), typeof(ItemReader).MakeByRefType(), typeof(T).MakeByRefType()], typeof(T).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        for (int i = 0; i < fields.Length; i++)
        {
            Type type = fields[i].FieldType;
            il.Emit(OpCodes.Ldarg_2);
            if (s_isClass)
            {
                il.Emit(OpCodes.Ldind_Ref);
            }

            if (codecs[i] is not null)
            {
                LoadCodec(il, i, type);
            }

            il.Emit(OpCodes.Ldarg_1);
            if (codecs[i] is not null)
            {
                il.Emit(OpCodes.Callvirt, typeof(Codec<>).MakeGenericType(type).GetMethod(nameof(Codec<>.Read))!);
            }
            else
            {
                il.Emit(OpCodes.Call, typeof(ItemReader).GetMethod(nameof(ItemReader.ReadRaw))!.MakeGenericMethod(type));
            }

            il.Emit(OpCodes.Stfld, fields[i]);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<ReadFields>();
    }

    private static void LoadCodec(ILGenerator il, int index, Type type)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Castclass, typeof(Codec<>).MakeGenericType(type));
    }
}
