using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace DeepDigits.Jupyter;

/// <summary>How a value is to be shown.</summary>
enum ValueKind
{
    /// <summary>By its own text.</summary>
    Scalar,

    /// <summary>By its keys and values.</summary>
    Dictionary,

    /// <summary>By its elements.</summary>
    Sequence,

    /// <summary>By its public properties and fields.</summary>
    Object,
}

/// <summary>Looks into values: what kind they are, and what they consist of.</summary>
static class ValueShape
{
    /// <summary>How many elements of a value itself are shown.</summary>
    internal const int MostElements = 100;

    /// <summary>How many elements of a value within another are shown.</summary>
    internal const int MostNestedElements = 10;

    /// <summary>How many columns or properties are shown.</summary>
    internal const int MostMembers = 40;

    /// <summary>How deep objects within objects are followed.</summary>
    internal const int MostLevels = 3;

    /// <summary>How many characters of a text within a table or an object are shown.</summary>
    internal const int LongestText = 300;

    internal static ValueKind KindOf(object? value)
    {
        if (value is null or string or Type or Delegate or Exception or Task)
            return ValueKind.Scalar;
        Type type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || type.IsPointer)
            return ValueKind.Scalar;
        if (HasOwnText(type))
            return ValueKind.Scalar;
        if (value is IDictionary || type.GetInterfaces().Any(IsDictionary))
            return ValueKind.Dictionary;
        return value is IEnumerable ? ValueKind.Sequence : ValueKind.Object;
    }

    /// <summary>Whether values of this kind are rows: records, tuples, pairs and other objects with members worth a column each.</summary>
    internal static bool IsRow(object? value) =>
        value is not null && (KindOf(value) == ValueKind.Object || value is ITuple || IsPair(value.GetType())) && MembersOf(value.GetType()).Count > 0;

    /// <summary>The public properties and fields, those of base types first, in the order in which they are declared.</summary>
    internal static IReadOnlyList<MemberInfo> MembersOf(Type type)
    {
        List<Type> line = [];
        for (Type? each = type; each is not null && each != typeof(object) && each != typeof(ValueType); each = each.BaseType)
            line.Insert(0, each);
        List<MemberInfo> members = [];
        foreach (Type declaring in line)
        {
            IEnumerable<MemberInfo> own = declaring
                .GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(IsShown)
                .OrderBy(member => member is FieldInfo ? 1 : 0)
                .ThenBy(member => member.MetadataToken);
            foreach (MemberInfo member in own)
            {
                // One that overrides or hides another takes its place.
                int same = members.FindIndex(each => each.Name == member.Name);
                if (same >= 0)
                    members[same] = member;
                else
                    members.Add(member);
            }
        }

        return members;
    }

    /// <summary>The value of a member; what its getter throws is shown in its place.</summary>
    internal static object? Get(MemberInfo member, object owner)
    {
        try
        {
            return member is PropertyInfo property
                ? property.GetValue(owner, BindingFlags.DoNotWrapExceptions, null, null, null)
                : ((FieldInfo)member).GetValue(owner);
        }
        catch (Exception thrown) when (thrown is not (OperationCanceledException or ThreadInterruptedException))
        {
            return new Unreadable($"({thrown.GetType().Name}: {thrown.Message})");
        }
    }

    /// <summary>At most <paramref name="most"/> elements, and how many there are beyond: -1 for some, when they cannot be counted.</summary>
    internal static (IReadOnlyList<object?> Elements, long More) Take(IEnumerable values, int most)
    {
        List<object?> taken = [];
        IEnumerator enumerator = values.GetEnumerator();
        try
        {
            while (taken.Count < most && enumerator.MoveNext())
                taken.Add(enumerator.Current);
            long count = values switch
            {
                ICollection collection => collection.Count,
                _ => CountOf(values),
            };
            if (count >= 0)
                return (taken, Math.Max(0, count - taken.Count));
            return (taken, taken.Count == most && enumerator.MoveNext() ? -1 : 0);
        }
        finally
        {
            (enumerator as IDisposable)?.Dispose();
        }
    }

    /// <summary>The pairs of a dictionary of any kind.</summary>
    internal static (IReadOnlyList<(object? Key, object? Value)> Pairs, long More) TakePairs(object dictionary, int most)
    {
        (IReadOnlyList<object?> elements, long more) = Take((IEnumerable)dictionary, most);
        return ([.. elements.Select(PairOf)], more);
    }

    /// <summary>The text of a scalar, the same in every culture.</summary>
    internal static string TextOf(object? value) => value switch
    {
        null => "<null>",
        string text => text,
        bool flag => flag ? "true" : "false",
        Type type => NameOf(type),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A type's name as C# writes it.</summary>
    internal static string NameOf(Type type)
    {
        if (type.IsArray)
            return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return NameOf(underlying) + "?";
        string? keyword = Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => null,
            TypeCode.Boolean => "bool",
            TypeCode.Byte => "byte",
            TypeCode.SByte => "sbyte",
            TypeCode.Char => "char",
            TypeCode.Int16 => "short",
            TypeCode.UInt16 => "ushort",
            TypeCode.Int32 => "int",
            TypeCode.UInt32 => "uint",
            TypeCode.Int64 => "long",
            TypeCode.UInt64 => "ulong",
            TypeCode.Single => "float",
            TypeCode.Double => "double",
            TypeCode.Decimal => "decimal",
            TypeCode.String => "string",
            _ => type == typeof(object) ? "object" : null,
        };
        if (keyword is not null)
            return keyword;
        if (!type.IsGenericType)
            return type.Name;
        Type[] arguments = type.GetGenericArguments();
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
            return $"({string.Join(", ", arguments.Select(NameOf))})";
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", arguments.Select(NameOf))}>";
    }

    internal static bool IsNumber(object? value) =>
        value is not null && !value.GetType().IsEnum && Type.GetTypeCode(value.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal;

    internal static bool IsAnonymous(Type type) =>
        type.Name.Contains("AnonymousType", StringComparison.Ordinal) && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    static bool IsShown(MemberInfo member) => member switch
    {
        PropertyInfo property => property.CanRead && property.GetMethod!.IsPublic && property.GetIndexParameters().Length == 0
            && !property.PropertyType.IsByRef && !property.PropertyType.IsByRefLike && !property.PropertyType.IsPointer,
        FieldInfo field => !field.FieldType.IsPointer && !field.FieldType.IsByRef,
        _ => false,
    };

    /// <summary>Whether the author of the type has written a <c>ToString</c>: what it says counts.</summary>
    static bool HasOwnText(Type type)
    {
        if (IsAnonymous(type))
            return false;
        MethodInfo? method = type.GetMethod(nameof(ToString), BindingFlags.Public | BindingFlags.Instance, []);
        Type? declaring = method?.DeclaringType;
        // That of a record is written by the compiler.
        return declaring is not null && declaring != typeof(object) && declaring != typeof(ValueType)
            && !method!.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
    }

    static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    static bool IsDictionary(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IDictionary<,>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));

    static (object? Key, object? Value) PairOf(object? pair)
    {
        if (pair is DictionaryEntry entry)
            return (entry.Key, entry.Value);
        Type? type = pair?.GetType();
        return type is null ? (null, null) : (type.GetProperty("Key")?.GetValue(pair), type.GetProperty("Value")?.GetValue(pair));
    }

    static long CountOf(IEnumerable values)
    {
        Type? counted = values.GetType().GetInterfaces().FirstOrDefault(type => type.IsGenericType
            && (type.GetGenericTypeDefinition() == typeof(IReadOnlyCollection<>) || type.GetGenericTypeDefinition() == typeof(ICollection<>)));
        return counted?.GetProperty("Count")?.GetValue(values) is int count ? count : -1;
    }

    sealed class Unreadable(string text)
    {
        public override string ToString() => text;
    }
}
